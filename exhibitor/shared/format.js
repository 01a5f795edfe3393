/** Numbers with units, times, identifiers. */

const NONE = "–";

/** `3.1 MB` of 1000s below a kilobyte exact. @param {number | null | undefined} bytes */
export function bytes(bytes) {
  if (bytes === null || bytes === undefined) return NONE;
  if (bytes < 1024) return `${count(bytes)} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** `1,204`. @param {number | null | undefined} value */
export function count(value) {
  return value === null || value === undefined ? NONE : value.toLocaleString("en-US");
}

/** `1 znode`, `1,204 znodes`. */
export function counted(value, noun, plural = `${noun}s`) {
  return `${count(value)} ${value === 1 ? noun : plural}`;
}

/** `2 d 4 h`, `35 s`. @param {number | null | undefined} milliseconds */
export function duration(milliseconds) {
  if (milliseconds === null || milliseconds === undefined) return NONE;
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const steps = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
  const first = steps.findIndex(([, size]) => seconds >= size);
  if (first === -1) return milliseconds > 0 ? `${Math.round(milliseconds)} ms` : "0 s";
  const [unit, size] = steps[first];
  const whole = Math.floor(seconds / size);
  const next = steps[first + 1];
  const rest = next ? Math.floor((seconds % size) / next[1]) : 0;
  return rest > 0 && whole < 10 ? `${whole} ${unit} ${rest} ${next[0]}` : `${whole} ${unit}`;
}

/** `2 min ago`. @param {number} time ms since 1970 */
export function ago(time, now = Date.now()) {
  const age = now - time;
  return age < 1000 ? "just now" : `${duration(age)} ago`;
}

/** `2026-11-24 10:15:03`, local. @param {number} time ms since 1970 */
export function exact(time) {
  const date = new Date(time);
  const two = (value) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock(time)}`;
}

/** `10:15:03`, local. @param {number} time ms since 1970 */
export function clock(time) {
  const date = new Date(time);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((value) => String(value).padStart(2, "0")).join(":");
}

/** Both clocks, for hovering. @param {number} time ms since 1970 */
export function bothClocks(time) {
  return `${exact(time)} local\n${new Date(time).toISOString().replace("T", " ").replace("Z", "")} UTC`;
}

/** `0x1200000003` as a number; null when it is none. @param {string | null | undefined} hex */
export function zxid(hex) {
  if (typeof hex !== "string" || hex === "") return null;
  try {
    return BigInt(hex.startsWith("0x") ? hex : `0x${hex}`);
  } catch {
    return null;
  }
}

/** `0x…` without leading zeros, or a dash. @param {string | null | undefined} text */
export function hexText(text) {
  const value = zxid(text);
  return value === null ? NONE : `0x${value.toString(16)}`;
}

/** Bytes of a base64 text. @param {string | null | undefined} text */
export function fromBase64(text) {
  if (!text) return new Uint8Array();
  const raw = atob(text);
  const result = new Uint8Array(raw.length);
  for (let index = 0; index < raw.length; index += 1) result[index] = raw.charCodeAt(index);
  return result;
}

/** UTF-8 text, or null when the bytes are none that a reader would want to see as text. @param {Uint8Array} data */
export function asText(data) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(data);
    return /[\u0000-\u0008\u000e-\u001f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}

/** `68 69`. @param {Uint8Array} data */
export function hexBytes(data) {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/** The bytes of `68 69` or `6869`; null when it is not hex pairs. @param {string} text */
export function fromHex(text) {
  const digits = text.replace(/\s+/g, "");
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) return null;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** Offset, hex and characters in rows of 16. @param {Uint8Array} data @param {number} limit rows */
export function hexDump(data, limit = 4096) {
  const rows = [];
  for (let offset = 0; offset < data.length && rows.length < limit; offset += 16) {
    const part = data.subarray(offset, offset + 16);
    const hex = Array.from(part, (byte) => byte.toString(16).padStart(2, "0"));
    const left = `${hex.slice(0, 8).join(" ")}  ${hex.slice(8).join(" ")}`.padEnd(49);
    const right = Array.from(part, (byte) => byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "·").join("");
    rows.push(`${offset.toString(16).padStart(6, "0")}  ${left} ${right}`);
  }
  if (rows.length === limit) rows.push(`… ${bytes(data.length - limit * 16)} more`);
  return rows.join("\n");
}

/** Indented JSON, or null when the text is none. Texts that are only a number or a word stay texts. @param {string | null} text */
export function prettyJSON(text) {
  if (text === null || !/^\s*[[{]/.test(text)) return null;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return null;
  }
}

/** A long name with its middle left out; the ends tell names apart. */
export function middle(text, limit = 48) {
  if (text.length <= limit) return text;
  const head = Math.ceil((limit - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (limit - 1 - head))}`;
}
