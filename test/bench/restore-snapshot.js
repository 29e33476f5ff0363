/** A snapshot in memory: what a crawl gives, read as the store's would be. */
import { createHash } from 'node:crypto';

export class MemorySnapshot {
  id = 'bench';
  #contents = new Map();
  #entries = new Map();

  async writeDocument(bytes) {
    return this.#keep(bytes);
  }

  async writeMedia(parts) {
    const bytes = [];
    for await (const part of parts) bytes.push(part);
    return this.#keep(Buffer.concat(bytes));
  }

  has({ chunks }) {
    return chunks.every((id) => this.#contents.has(id));
  }

  /** Takes the tree as a crawl gives it, depth first. */
  fill(steps) {
    const open = [];
    for (const step of steps) {
      if (step.type === 'leave') {
        open.pop();
        continue;
      }
      const path = `/${[...open, step.name].join('/')}`;
      this.#entries.set(path, { ...step, path });
      if (step.type !== 'file') open.push(step.name);
    }
    for (const entry of this.#entries.values()) if (entry.type !== 'file') entry.type = 'directory';
  }

  async entry(path) {
    return this.#entries.get(path);
  }

  async *list(path) {
    const parent = path === '/' ? '' : path;
    for (const entry of this.#entries.values()) {
      if (entry.path.slice(0, entry.path.lastIndexOf('/')) === parent) yield entry;
    }
  }

  async *walk(path) {
    const inside = path === '/' ? '/' : `${path}/`;
    for (const entry of this.#entries.values()) {
      if (entry.path === path || entry.path.startsWith(inside)) yield entry;
    }
  }

  async *read({ chunks }) {
    for (const id of chunks) yield this.#contents.get(id);
  }

  #keep(bytes) {
    const id = createHash('sha256').update(bytes).digest('hex');
    this.#contents.set(id, bytes);
    return { size: bytes.length, chunks: [id] };
  }
}
