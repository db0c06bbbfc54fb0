/** The SHA-256 of the bytes of an array, in 64 hexadecimal digits. */
export async function sha256(array: ArrayBufferView): Promise<string> {
  const bytes = new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
