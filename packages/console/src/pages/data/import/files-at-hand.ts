/** Files chosen in the wizard, on their way to the page that uploads them. A reload forgets them, as browsers do. */
const files = new Map<string, File>();

export function keepFile(importId: string, file: File): void {
  files.set(importId, file);
}

export function fileAtHand(importId: string): File | undefined {
  return files.get(importId);
}
