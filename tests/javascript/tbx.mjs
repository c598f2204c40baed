// Writes and reads event files, as spec/ says.  spec/vectors/README.md#a-program-of-your-own
//
//     node tbx.mjs encode < events.json > FILE         one event a line, as JSON
//     node tbx.mjs decode < FILE > events.json
//     ... --message NAME [--tables JSON]               records of other messages than events
//
// Exit code 1: what came in breaks a rule, which standard error names; 2: the call is wrong.
import {readFileSync} from "node:fs";
import {parseArgs} from "node:util";

import {MESSAGES} from "./messages.mjs";
import {FormatError, frame, unframe} from "./records.mjs";
import {InputError, build, decode, encode} from "./wire.mjs";

/** Return JSON text; JSON.stringify would lose the sign of -0. */
function text(value) {
    if (Object.is(value, -0)) return "-0.0";
    if (Array.isArray(value)) return `[${value.map(text).join(", ")}]`;
    if (typeof value !== "object") return JSON.stringify(value);
    const members = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${text(item)}`);
    return `{${members.join(", ")}}`;
}

function decodeFile(file, table, print) {
    for (let pos = 0; pos < file.length;) {
        const data = unframe(file, pos);
        if (!data) {
            console.error(`at byte ${pos} begins a record that is not all there (record-6)`);
            return;
        }
        print(text(decode(table, file, ...data)) + "\n");
        pos = data[1] + 4;
    }
}

function encodeFile(lines, table, print) {
    for (const line of lines.split("\n")) {
        if (line.trim()) print(frame(encode(table, JSON.parse(line))));
    }
}

function main([command, ...rest]) {
    const {values} = parseArgs({args: rest, options: {
        message: {type: "string", default: "Event"}, tables: {type: "string"}}});
    const own = values.tables && JSON.parse(readFileSync(values.tables, "utf8"));
    const table = (own ? build(own.enums, own.tables) : MESSAGES)[values.message];
    if (!["encode", "decode"].includes(command) || !table) {
        console.error(table ? "encode or decode?" : `no message ${values.message}`);
        return 2;
    }
    const input = readFileSync(0), print = (data) => process.stdout.write(data);
    if (command === "encode") encodeFile(input.toString("utf8"), table, print);
    else decodeFile(input, table, print);
    return 0;
}

try {
    process.exitCode = main(process.argv.slice(2));
} catch (error) {
    if (error instanceof FormatError) {
        console.error(`${error.message} (at byte ${error.pos}, rule ${error.rule})`);
    } else if (error instanceof InputError || error instanceof SyntaxError) {
        console.error(error.message);
    } else {
        throw error;
    }
    process.exitCode = 1;
}
