import { readFileSync } from "node:fs";

/** A picture, by its bytes alone. */
export class NativeImage {
  readonly #bytes: Buffer;
  #isTemplate = false;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  static createEmpty(): NativeImage {
    return new NativeImage(Buffer.alloc(0));
  }

  static createFromPath(path: string): NativeImage {
    try {
      return new NativeImage(readFileSync(path));
    } catch {
      // As Electron does: a file that cannot be read is an empty picture.
      return NativeImage.createEmpty();
    }
  }

  static createFromBuffer(bytes: Buffer): NativeImage {
    return new NativeImage(bytes);
  }

  static createFromDataURL(url: string): NativeImage {
    return new NativeImage(Buffer.from(url.slice(url.indexOf(",") + 1), "base64"));
  }

  isEmpty(): boolean {
    return this.#bytes.length === 0;
  }

  /** Width and height stand at a fixed place of a PNG. */
  getSize(): { width: number; height: number } {
    if (this.#bytes.length < 24) return { width: 0, height: 0 };
    return { width: this.#bytes.readUInt32BE(16), height: this.#bytes.readUInt32BE(20) };
  }

  resize(_options: object): NativeImage {
    return this;
  }

  addRepresentation(_options: object): void {
    // One size is enough where nothing is drawn.
  }

  toPNG(): Buffer {
    return this.#bytes;
  }

  toDataURL(): string {
    return `data:image/png;base64,${this.#bytes.toString("base64")}`;
  }

  setTemplateImage(isTemplate: boolean): void {
    this.#isTemplate = isTemplate;
  }

  isTemplateImage(): boolean {
    return this.#isTemplate;
  }
}
