/** S4: what is said of a disk that failed, as the last thing before the server ends. */
export function diskFaultLine(fault: Error, dataDir: string): string {
  const why = fault.cause instanceof Error ? ` (${fault.cause.message})` : "";
  return (
    `parley-server: the disk under ${dataDir} failed${why}. The server has stopped, so that it confirms ` +
    "nothing that may be lost: check the disk, then start it again."
  );
}

/**
 * Ends the process when its disk fails, with one line. At once: closing would write on to a disk that
 * is not to be trusted.
 */
export function endOnDiskFault(dataDir: string): (fault: Error) => void {
  return (fault) => {
    process.stderr.write(`${diskFaultLine(fault, dataDir)}\n`);
    process.exit(1);
  };
}
