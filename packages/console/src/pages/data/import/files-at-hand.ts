/** Files chosen in the wizard, on their way to the page that uploads them. A reload forgets them, as browsers do. */
const files = new Map<string, FileAtHand>();

/** A file, and the upload in which the server keeps it already, if it does. */
export interface FileAtHand {
  file: File;
  uploadId?: string | undefined;
}

export function keepFile(importId: string, atHand: FileAtHand): void {
  files.set(importId, atHand);
}

export function fileAtHand(importId: string): FileAtHand | undefined {
  return files.get(importId);
}
