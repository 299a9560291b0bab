import { spawn } from 'node:child_process';

/**
 * Ends a child soon after this process has gone, however it went. PostgreSQL does not notice the loss of its
 * parent, so a shell waits beside it: its stdin is a pipe from us, which the kernel closes when we die.
 * The shell has a session of its own, lest a signal to our group take it along, and runs as the child's user,
 * so that it can signal nothing else.
 */
export function watchParent(options: {
  pid: number;
  /** A file whose first line is the child's process number for as long as it is the child. */
  pidFile: string;
  account: { uid: number; gid: number } | undefined;
}): { dismiss(): void } {
  // At first the child may not have written its file yet, so a mismatch is looked at again, not believed.
  const script = `
    trap '' HUP INT TERM QUIT
    read -r dismissed && exit 0
    ours() { [ "$(head -n 1 "$2" 2>/dev/null)" = "$1" ]; }
    asked=no
    tries=0
    while [ $tries -lt 100 ]; do
      kill -0 "$1" 2>/dev/null || exit 0
      if [ $asked = no ] && ours "$@"; then kill -INT "$1"; asked=yes; fi
      sleep 0.2
      tries=$((tries + 1))
    done
    ours "$@" && kill -QUIT "$1"
  `;
  const watcher = spawn('/bin/sh', ['-c', script, 'sh', String(options.pid), options.pidFile], {
    ...options.account,
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
  });
  watcher.on('error', () => undefined);
  watcher.stdin.on('error', () => undefined);
  // The watcher must not keep this process from ending.
  watcher.unref();
  if ('unref' in watcher.stdin && typeof watcher.stdin.unref === 'function') watcher.stdin.unref();
  return {
    dismiss() {
      watcher.stdin.end('dismissed\n');
    },
  };
}
