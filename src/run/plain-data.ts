/** JSON in which Float64Arrays keep their bits: as {"float64": base64 of their little-endian bytes}. */
export function encodePlain(value: unknown): string {
  return JSON.stringify(value, (_, v) => (v instanceof Float64Array ? { float64: toBase64(v) } : v));
}

/** What a text of `encodePlain` holds. */
export function decodePlain(text: string): unknown {
  return JSON.parse(text, (_, v) =>
    typeof v === "object" && v !== null && typeof v.float64 === "string" ? fromBase64(v.float64) : v,
  );
}

/** Characters that a call of `String.fromCharCode` takes at a time. */
const CHUNK = 8192;

function toBase64(values: Float64Array): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let text = "";
  for (let at = 0; at < bytes.length; at += CHUNK) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  }
  return btoa(text);
}

function fromBase64(text: string): Float64Array {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return new Float64Array(bytes.buffer);
}
