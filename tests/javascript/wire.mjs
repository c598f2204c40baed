// Messages <-> bytes, by tables.  spec/2-wire-format.md
//
// A message is an object in the JSON form of spec/vectors/README.md: 64-bit integers are strings,
// bytes base64.  So is what a kind's write() takes, and what its read() returns.
import {FormatError} from "./records.mjs";

const VARINT = 0, I64 = 1, LEN = 2, GROUP = 3, END_GROUP = 4, I32 = 5;
const SIZE = {[I64]: 8, [I32]: 4};
const MAX_DEPTH = 100;

/** A value that no writer can write. */
export class InputError extends Error {}

// ---- varints: integers from 0 to 2^64-1, as BigInt ----

function varint(n) {
    const bytes = [];
    for (; n > 0x7fn; n >>= 7n) bytes.push(Number(n & 0x7fn) | 0x80);
    bytes.push(Number(n));
    return bytes;
}

/** Return [n, position after it]. */
function readVarint(buf, start, end) {
    let n = 0n;
    for (let i = 0; i < 10 && start + i < end; i++) {
        const byte = buf[start + i];
        n |= BigInt(byte & 0x7f) << BigInt(7 * i);
        if (byte < 0x80) return [BigInt.asUintN(64, n), start + i + 1];
    }
    throw new FormatError("wire-2", start, "a varint that does not end");
}

// ---- kinds: name -> {wire, write(value) -> bytes, read(buf, start, end) -> value, absent} ----

function refuse(value, need) {
    throw new InputError(`need ${need}, got ${JSON.stringify(value)}`);
}

function integer(low, high, shown) {
    const bits = high < 2n ** 32n ? 32 : 64;
    const cut = low < 0n ? BigInt.asIntN : BigInt.asUintN;
    return {
        wire: VARINT, absent: shown(0n),
        write(value) {
            if (!/^-?\d+$/.test(value) || typeof value === "object") refuse(value, "an integer");
            const n = BigInt(value);
            if (n < low || n > high) refuse(value, `${low} to ${high}`);
            return varint(BigInt.asUintN(64, n));
        },
        read: (buf, start, end) => shown(cut(bits, readVarint(buf, start, end)[0])),
    };
}

function real(wire, get, set) {
    const special = ["NaN", "Infinity", "-Infinity"];
    return {
        wire, absent: 0,
        write(value) {
            if (typeof value !== "number" && !special.includes(value)) refuse(value, "a number");
            const bytes = new Uint8Array(SIZE[wire]);
            new DataView(bytes.buffer)[set](0, Number(value), true);
            return bytes;
        },
        read(buf, start) {
            const x = new DataView(buf.buffer, buf.byteOffset)[get](start, true);
            return Number.isFinite(x) ? x : String(x);
        },
    };
}

// What is UTF-8, each byte a character: no overlong forms, no surrogates, nothing above 10FFFF.
const UTF_8 = new RegExp("^(?:[\\x00-\\x7f]|[\\xc2-\\xdf][\\x80-\\xbf]" +
    "|\\xe0[\\xa0-\\xbf][\\x80-\\xbf]|[\\xe1-\\xec\\xee\\xef][\\x80-\\xbf]{2}" +
    "|\\xed[\\x80-\\x9f][\\x80-\\xbf]|\\xf0[\\x90-\\xbf][\\x80-\\xbf]{2}" +
    "|[\\xf1-\\xf3][\\x80-\\xbf]{3}|\\xf4[\\x80-\\x8f][\\x80-\\xbf]{2})*");

const KINDS = {
    int32: integer(-(2n ** 31n), 2n ** 31n - 1n, Number),
    int64: integer(-(2n ** 63n), 2n ** 63n - 1n, String),
    uint32: integer(0n, 2n ** 32n - 1n, Number),
    uint64: integer(0n, 2n ** 64n - 1n, String),
    double: real(I64, "getFloat64", "setFloat64"),
    float: real(I32, "getFloat32", "setFloat32"),
    bool: {
        wire: VARINT, absent: false,
        write: (value) => typeof value === "boolean" ? [Number(value)] : refuse(value, "a bool"),
        read: (buf, start, end) => readVarint(buf, start, end)[0] !== 0n,
    },
    string: {
        wire: LEN, absent: "",
        write: (value) => typeof value === "string" && value.isWellFormed()
            ? Buffer.from(value, "utf8") : refuse(value, "text"),
        read(buf, start, end) {
            try {
                return new TextDecoder("utf-8", {fatal: true, ignoreBOM: true})
                    .decode(buf.subarray(start, end));
            } catch {
                const sound = UTF_8.exec(buf.latin1Slice(start, end))[0].length;
                throw new FormatError("wire-7", start + sound, "text that is not UTF-8");
            }
        },
    },
    bytes: {
        wire: LEN, absent: "",
        write: (value) => typeof value === "string" ? Buffer.from(value, "base64")
            : refuse(value, "bytes in base64"),
        read: (buf, start, end) => buf.subarray(start, end).toString("base64"),
    },
};

/** Return the kind of an enum: a value is its name, or its number where it has none. */
function enumeration(numbers) {
    const names = new Map(Object.entries(numbers).map(([name, number]) => [number, name]));
    const shown = (number) => names.get(number) ?? number;
    return {
        wire: VARINT, absent: shown(0),
        write: (value) => KINDS.int32.write(Object.hasOwn(numbers, value) ? numbers[value] : value),
        read: (...where) => shown(KINDS.int32.read(...where)),
    };
}

// ---- tables: spec/vectors/README.md#tables ----

/** Return {name: {rows, byName, byNumber}} of tables whose rows are [number, name, kind]. */
export function build(enums, tables) {
    const made = {}, kinds = {...KINDS};
    for (const name in enums) kinds[name] = enumeration(enums[name]);
    for (const name in tables) made[name] = {};
    for (const name in tables) Object.assign(made[name], table(tables[name], kinds, made));
    return made;
}

function table(lines, kinds, tables) {
    const rows = lines.flatMap((line) => typeof line[0] === "string"
        ? line.slice(1).map((member) => row(member, line[0], kinds, tables))
        : [row(line, null, kinds, tables)]);
    rows.sort((a, b) => a.number - b.number);
    return {
        rows,
        byName: new Map(rows.map((each) => [each.name, each])),
        byNumber: new Map(rows.map((each) => [each.number, each])),
    };
}

function row([number, name, text], oneof, kinds, tables) {
    const [, repeated, key, of] = /^(repeated )?(?:map<(\w+), )?([\w.]+)>?$/.exec(text);
    const made = {number, name, oneof, repeated: Boolean(repeated), map: Boolean(key)};
    if (key) {                                      // both of an entry are written, even defaults
        made.message = table([["key", [1, "key", key]], ["value", [2, "value", of]]], kinds, tables);
    } else if (Object.hasOwn(tables, of)) {
        made.message = tables[of];
    } else {
        made.kind = kinds[of];
    }
    made.packed = made.repeated && !made.message && made.kind.wire !== LEN;
    made.wire = made.message ? LEN : made.kind.wire;
    made.plain = !made.repeated && !made.message && !oneof;
    return made;
}

// ---- objects -> bytes ----

export function encode(table, object) {
    if (object === null || typeof object !== "object" || Array.isArray(object)) {
        refuse(object, "an object");
    }
    for (const name of Object.keys(object)) {
        if (!table.byName.has(name)) refuse(name, "a field of the table");
    }
    const out = [], oneofs = new Set();
    for (const row of table.rows) {
        if (!Object.hasOwn(object, row.name)) continue;
        if (row.oneof && oneofs.has(row.oneof)) refuse(row.name, `one member of ${row.oneof}`);
        oneofs.add(row.oneof);
        out.push(...payloads(row, object[row.name]).map((bytes) => field(row, bytes)));
    }
    return Buffer.concat(out);
}

function payloads(row, value) {
    if (row.map) return Object.entries(value).map((entry) => encode(row.message, {
        key: keyOf(row, entry[0]), value: entry[1]}));
    if (!row.repeated) {
        const bytes = one(row, value);
        return row.plain && bytes.every((byte) => byte === 0) && !(row.wire === LEN && bytes.length)
            ? [] : [bytes];
    }
    if (!Array.isArray(value)) refuse(value, "an array");
    const all = value.map((item) => one(row, item));
    return row.packed && all.length ? [Buffer.concat(all.map((bytes) => Buffer.from(bytes)))] : all;
}

function one(row, value) {
    return row.message ? encode(row.message, value) : row.kind.write(value);
}

function keyOf(row, text) {
    const kind = row.message.rows[0].kind;
    return kind === KINDS.bool ? {true: true, false: false}[text] : text;
}

function field(row, bytes) {
    const wire = row.packed ? LEN : row.wire;
    const key = varint(BigInt(row.number) << 3n | BigInt(wire));
    const length = wire === LEN ? varint(BigInt(bytes.length)) : [];
    return Buffer.concat([Buffer.from([...key, ...length]), Buffer.from(bytes)]);
}

// ---- bytes -> objects ----

export function decode(table, buf, pos = 0, end = buf.length, object = {}, depth = MAX_DEPTH) {
    if (depth < 0) throw new FormatError("wire-13", pos, "messages nested too deep");
    for (const [number, wire, start, stop] of fields(buf, pos, end)) {
        const row = table.byNumber.get(number);
        if (row && (wire === row.wire || row.packed && wire === LEN)) {
            take(table, row, wire, object, buf, start, stop, depth - 1);
        }
    }
    return object;
}

function take(table, row, wire, object, buf, start, stop, depth) {
    for (const other of table.rows) {
        if (row.oneof && other.oneof === row.oneof && other !== row) delete object[other.name];
    }
    const {name, message} = row;
    if (row.map) {
        const entry = decode(message, buf, start, stop, {}, depth);
        const [key, value] = message.rows.map((part) => entry[part.name] ?? absent(part));
        (object[name] ??= Object.create(null))[key] = value;    // a key may be __proto__
    } else if (row.repeated) {
        const items = message ? [decode(message, buf, start, stop, {}, depth)]
            : [...elements(row.kind, wire, buf, start, stop)];
        if (items.length) (object[name] ??= []).push(...items);
    } else if (message) {
        object[name] = decode(message, buf, start, stop, object[name], depth);
    } else {
        object[name] = row.kind.read(buf, start, stop);
        if (row.plain && Object.is(object[name], row.kind.absent)) delete object[name];
    }
}

function absent(row) {
    return row.message ? {} : row.kind.absent;
}

/** Yield what is in a payload of a repeated field: a packed run, or a single element. */
function* elements(kind, wire, buf, pos, end) {
    if (wire === kind.wire) {
        yield kind.read(buf, pos, end);
        return;
    }
    while (pos < end) {
        const next = kind.wire === VARINT ? readVarint(buf, pos, end)[1] : pos + SIZE[kind.wire];
        if (next > end) throw new FormatError("wire-9", pos, "a run that ends inside an element");
        yield kind.read(buf, pos, next);
        pos = next;
    }
}

/** Yield [number, wire type, start and end of the payload] of each field. */
function* fields(buf, pos, end) {
    const open = [];                                // groups that have begun and not ended
    while (pos < end) {
        const at = pos;
        const [key, start] = readVarint(buf, at, end);
        const number = key >> 3n, wire = Number(key & 7n);
        if (number < 1n || number > 536870911n) throw new FormatError("wire-1", at, "field number");
        if (wire > I32) throw new FormatError("wire-3", at, "wire type");
        if (wire === GROUP) {
            open.push(number);
            pos = start;
        } else if (wire === END_GROUP) {
            if (open.pop() !== number) throw new FormatError("wire-3", at, "end of no group");
            pos = start;
        } else {
            const [from, to] = payload(buf, wire, at, start, end);
            if (!open.length) yield [Number(number), wire, from, to];
            pos = to;
        }
    }
    if (open.length) throw new FormatError("wire-4", end, "a group that does not end");
}

function payload(buf, wire, at, pos, end) {
    if (wire === VARINT) return [pos, readVarint(buf, pos, end)[1]];
    let size = BigInt(SIZE[wire] ?? 0);
    if (wire === LEN) [size, pos] = readVarint(buf, pos, end);
    if (size > BigInt(end - pos)) throw new FormatError("wire-4", at, "a payload past the end");
    return [pos, pos + Number(size)];
}
