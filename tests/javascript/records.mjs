// Records: how one event after another is laid in a file.  spec/1-records.md

/** The bytes break a rule of spec/; pos is the offset, from the start of the file, at which. */
export class FormatError extends Error {
    constructor(rule, pos, message) {
        super(message);
        this.rule = rule;
        this.pos = pos;
    }
}

const TABLE = Uint32Array.from({length: 256}, (_, crc) => {
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >>> 1 ^ 0x82f63b78 : crc >>> 1;
    return crc;
});

export function crc32c(bytes) {
    let crc = 0xffffffff;
    for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff] ^ crc >>> 8;
    return (crc ^ 0xffffffff) >>> 0;
}

export function masked(crc) {
    return (crc >>> 15 | crc << 17) + 0xa282ead8 >>> 0;
}

const MAX_LENGTH = 2n ** 31n;

/** Return data, a Uint8Array, as one record. */
export function frame(data) {
    const record = new Uint8Array(data.length + 16), view = new DataView(record.buffer);
    view.setBigUint64(0, BigInt(data.length), true);
    view.setUint32(8, masked(crc32c(record.subarray(0, 8))), true);
    record.set(data, 12);
    view.setUint32(12 + data.length, masked(crc32c(data)), true);
    return record;
}

/** Return [start, end] of the data of the record at pos; null if it is not all there yet. */
export function unframe(file, pos) {
    if (file.length < pos + 12) return null;
    const view = new DataView(file.buffer, file.byteOffset);
    check(file, view, pos, pos + 8, "record-2");
    const length = view.getBigUint64(pos, true);
    if (length >= MAX_LENGTH) throw new FormatError("record-8", pos, "longer than any event");
    if (length + 4n > BigInt(file.length - pos - 12)) return null;
    const start = pos + 12, end = start + Number(length);
    check(file, view, start, end, "record-3");
    return [start, end];
}

function check(file, view, start, end, rule) {
    if (view.getUint32(end, true) !== masked(crc32c(file.subarray(start, end)))) {
        throw new FormatError(rule, start, "wrong checksum");
    }
}
