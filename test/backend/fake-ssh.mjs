/**
 * Stands for `ssh … sftp` in tests: serves files of this machine over SFTP 3 on standard streams, with faults. It shares no
 * code with the backend. Its first argument is a JSON object:
 *
 *     says, exit     writes this on standard error and ends, before a word of SFTP
 *     greeting       writes this on standard output first, as a shell's start file would
 *     cutAt          ends without warning at this request, counted from 1; `once` names a file made then, so that the next
 *                    process lives
 *     silentAt       answers no request from this one on
 *     isPlain        names no extensions, as a server that is not OpenSSH's
 *     answersShort   gives at most this many bytes to a read
 *     isFull         refuses every write with this status, or with that of a failure for true
 *     space          tells freeBytes, freeFiles and isReadOnly of its disk
 *     vanishing      removes a file of this name right after it was looked at
 */
import * as fs from 'node:fs';
import { constants } from 'node:fs';
import { join } from 'node:path';

const faults = JSON.parse(process.argv[2] ?? '{}');
if (faults.says !== undefined) {
  process.stderr.write(faults.says);
  process.exit(faults.exit ?? 255);
}
if (faults.greeting !== undefined) process.stdout.write(faults.greeting);
const hasStruck = faults.once !== undefined && fs.existsSync(faults.once);

const handles = new Map();
let nextHandle = 1;
let requests = 0;
let received = Buffer.alloc(0);

process.stdin.on('data', (bytes) => {
  received = Buffer.concat([received, bytes]);
  while (received.length >= 4 && received.length >= 4 + received.readUInt32BE(0)) {
    const end = 4 + received.readUInt32BE(0);
    serve(received.subarray(4, end));
    received = received.subarray(end);
  }
});
process.stdin.on('end', () => process.exit(0));

function serve(packet) {
  let at = 1;
  const skip = (length) => {
    at += length;
    return at - length;
  };
  const int = () => packet.readUInt32BE(skip(4));
  const bytes = () => {
    const length = int();
    const from = skip(length);
    return packet.subarray(from, from + length);
  };
  const text = () => bytes().toString();
  const big = () => Number(packet.readBigUInt64BE(skip(8)));
  const type = packet[0];
  if (type === 1) {
    const extensions = ['hardlink@openssh.com', 'posix-rename@openssh.com', 'fsync@openssh.com'];
    if (faults.space !== undefined) extensions.push('statvfs@openssh.com');
    return send(2, [3, ...(faults.isPlain ? [] : extensions.flatMap((name) => [name, '1']))]);
  }
  requests += 1;
  if (!hasStruck && requests === faults.cutAt) {
    if (faults.once !== undefined) fs.writeFileSync(faults.once, '');
    process.kill(process.pid, 'SIGKILL');
  }
  if (!hasStruck && requests >= (faults.silentAt ?? Number.POSITIVE_INFINITY)) {
    if (faults.once !== undefined) fs.writeFileSync(faults.once, '');
    return;
  }
  const id = int();
  const ok = () => send(101, [id, 0, 'Success', '']);
  try {
    switch (type) {
      case 3: {
        const [path, flags] = [text(), int()];
        const isWrite = (flags & 2) !== 0;
        const mode = isWrite ? constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL : constants.O_RDONLY;
        const handle = String(nextHandle++);
        handles.set(handle, { fd: fs.openSync(path, mode, 0o600) });
        return send(102, [id, handle]);
      }
      case 4: {
        const handle = text();
        const { fd } = handles.get(handle);
        if (fd !== undefined) fs.closeSync(fd);
        handles.delete(handle);
        return ok();
      }
      case 5: {
        const [{ fd }, offset, length] = [handles.get(text()), big(), int()];
        const data = Buffer.alloc(Math.min(length, faults.answersShort ?? length));
        const read = fs.readSync(fd, data, 0, data.length, offset);
        return read === 0 ? send(101, [id, 1, 'End of file', '']) : send(103, [id, data.subarray(0, read)]);
      }
      case 6: {
        const [{ fd }, offset, data] = [handles.get(text()), big(), bytes()];
        if (faults.isFull) return send(101, [id, faults.isFull === true ? 4 : faults.isFull, 'Failure', '']);
        fs.writeSync(fd, data, 0, data.length, offset);
        return ok();
      }
      case 7: {
        const path = text();
        send(105, [id, ...attributes(fs.lstatSync(path))]);
        if (faults.vanishing !== undefined && path.endsWith(`/${faults.vanishing}`)) fs.unlinkSync(path);
        return;
      }
      case 11: {
        const path = text();
        const handle = String(nextHandle++);
        handles.set(handle, { path, names: fs.readdirSync(path) });
        return send(102, [id, handle]);
      }
      case 12: {
        const folder = handles.get(text());
        const names = folder.names.splice(0, 10);
        if (names.length === 0) return send(101, [id, 1, 'End of file', '']);
        const files = names.flatMap((name) => [
          name,
          `-rw ${name}`,
          ...attributes(fs.lstatSync(join(folder.path, name))),
        ]);
        return send(104, [id, names.length, ...files]);
      }
      case 13:
        fs.unlinkSync(text());
        return ok();
      case 14:
        fs.mkdirSync(text(), 0o700);
        return ok();
      case 18: {
        const [from, to] = [text(), text()];
        if (fs.existsSync(to)) return send(101, [id, 4, 'Failure', '']);
        fs.renameSync(from, to);
        return ok();
      }
      case 200: {
        const [name, first] = [text(), text()];
        if (name === 'statvfs@openssh.com') return send(201, [id, ...spaceNumbers(faults.space)]);
        if (name === 'fsync@openssh.com') fs.fsyncSync(handles.get(first).fd);
        else if (name === 'hardlink@openssh.com') fs.linkSync(first, text());
        else fs.renameSync(first, text());
        return ok();
      }
    }
    send(101, [id, 8, 'Operation unsupported', '']);
  } catch (error) {
    const code = { ENOENT: 2, ENOTDIR: 2, EACCES: 3, EPERM: 3 }[error.code] ?? 4;
    send(101, [id, code, error.code, '']);
  }
}

/** A disk with blocks of 512 bytes, half of whose free ones are kept for its system. */
function spaceNumbers({ freeBytes, freeFiles = 9, files = 99, isReadOnly = false }) {
  const free = freeBytes / 512;
  return [4096, 512, 99, free * 2, free, files, freeFiles, freeFiles, 1, isReadOnly ? 1 : 0, 255].map(BigInt);
}

function attributes(status) {
  return [
    1 | 4 | 8,
    BigInt(status.size),
    status.mode,
    Math.floor(status.mtimeMs / 1000),
    Math.floor(status.mtimeMs / 1000),
  ];
}

function send(type, fields) {
  const parts = fields.map((field) => {
    if (typeof field === 'bigint') {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64BE(field);
      return bytes;
    }
    const int = Buffer.alloc(4);
    if (typeof field === 'number') {
      int.writeUInt32BE(field);
      return int;
    }
    const bytes = Buffer.from(field);
    int.writeUInt32BE(bytes.length);
    return Buffer.concat([int, bytes]);
  });
  const body = Buffer.concat([Buffer.from([type]), ...parts]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  process.stdout.write(Buffer.concat([length, body]));
}
