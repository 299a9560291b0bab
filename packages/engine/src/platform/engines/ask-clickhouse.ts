import { request } from 'node:http';

/**
 * Sends one statement to a server on 127.0.0.1 over a connection of its own, which ends with the answer: a
 * connection kept alive, as fetch keeps it, would hold up the server's stop by 5 s.
 * @returns the HTTP status and the body; rejects when nobody listens.
 */
export function askClickHouse(options: {
  port: number;
  user: string;
  password: string;
  statement: string;
  timeoutMs: number;
}): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port: options.port,
        method: 'POST',
        path: '/',
        agent: false,
        timeout: options.timeoutMs,
        headers: {
          // The embedded server's door opens to these credentials only in this form (see httpDoor).
          Authorization: `Basic ${Buffer.from(`${options.user}:${options.password}`).toString('base64')}`,
          Connection: 'close',
        },
      },
      (answer) => {
        let body = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => (body += chunk));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: body.trim() }));
        answer.on('error', reject);
      },
    );
    sent.on('timeout', () => sent.destroy(new Error('No answer in time')));
    sent.on('error', reject);
    sent.end(options.statement);
  });
}
