import { createTransport } from 'nodemailer';
import { z } from 'zod';
import type { Adapter, Answer, Hearing, Submission, SupplierSettings } from '../adapter.ts';

/** Settings of an SMTP relay. Times in real milliseconds. Secrets: password, dkimPrivateKey (PEM). */
export const smtpSettingsSchema = z.object({
  host: z.string().min(1),
  port: z.number().int().min(1).max(65_535).default(25),
  /** TLS from the first byte (port 465); otherwise STARTTLS when offered. */
  secure: z.boolean().default(false),
  requireTls: z.boolean().default(false),
  userName: z.string().optional(),
  from: z.string().min(3).describe('e.g. "梧桐银行" <service@bank.example>'),
  replyTo: z.string().optional(),
  connections: z.number().int().min(1).max(50).default(5),
  dkimDomain: z.string().optional(),
  dkimSelector: z.string().optional(),
  timeoutMs: z.number().int().min(100).default(60_000),
});
type SmtpSettings = z.output<typeof smtpSettingsSchema>;

// RFC 8058 § 4 wants both List-Unsubscribe headers signed; nodemailer's own list leaves one out.
const SIGNED_HEADERS =
  'From:Sender:Reply-To:Subject:Date:Message-ID:To:MIME-Version:Content-Type:List-Unsubscribe:List-Unsubscribe-Post';
const CHECK_MS = 2_000;

/** E-mail through a relay, over a pool of connections. */
export function createSmtpAdapter(supplier: SupplierSettings, hearing: Hearing): Adapter {
  const settings = smtpSettingsSchema.parse(supplier.settings);
  const transport = openTransport(settings, supplier.secrets);
  let up = false;
  let stopped = false;
  let inFlight = 0;
  let timer: NodeJS.Timeout | undefined;

  async function check(): Promise<void> {
    try {
      await transport.verify();
      if (!up && !stopped) hearing.link('up');
      up = true;
    } catch (error) {
      if (up) hearing.link('down', (error as Error).message);
      up = false;
    }
    if (!stopped && !up) timer = setTimeout(() => void check(), CHECK_MS);
  }

  return {
    start: () => void check(),
    isUp: () => up && !stopped,
    async submit(submission) {
      inFlight++;
      try {
        const sent = await transport.sendMail(messageOf(submission, settings));
        return sent.rejected.length > 0
          ? { kind: 'rejected', code: 'recipient refused', final: true }
          : { kind: 'accepted', providerIds: [submission.attemptId] };
      } catch (error) {
        const answer = answerOfError(error as SmtpError);
        if (answer.kind === 'not_sent' && up) {
          up = false;
          hearing.link('down', answer.code);
          timer = setTimeout(() => void check(), CHECK_MS);
        }
        return answer;
      } finally {
        inFlight--;
      }
    },
    async stop(graceMs) {
      stopped = true;
      clearTimeout(timer);
      const until = performance.now() + graceMs;
      while (inFlight > 0 && performance.now() < until)
        await new Promise((resolve) => setTimeout(resolve, 10));
      transport.close();
    },
  };
}

function openTransport(settings: SmtpSettings, secrets: Readonly<Record<string, string>>) {
  const signs = settings.dkimDomain && settings.dkimSelector && secrets.dkimPrivateKey;
  return createTransport({
    pool: true,
    host: settings.host,
    port: settings.port,
    secure: settings.secure,
    requireTLS: settings.requireTls,
    ...(settings.userName ? { auth: { user: settings.userName, pass: secrets.password ?? '' } } : {}),
    maxConnections: settings.connections,
    maxMessages: Infinity,
    connectionTimeout: settings.timeoutMs,
    greetingTimeout: settings.timeoutMs,
    socketTimeout: settings.timeoutMs,
    ...(signs
      ? {
          dkim: {
            domainName: settings.dkimDomain!,
            keySelector: settings.dkimSelector!,
            privateKey: secrets.dkimPrivateKey!,
            headerFieldNames: SIGNED_HEADERS,
          },
        }
      : {}),
  });
}

function messageOf(submission: Submission, settings: SmtpSettings) {
  const { fields } = submission;
  const domain = /@([^>\s]+)/.exec(settings.from)?.[1] ?? 'localhost';
  return {
    from: settings.from,
    ...(settings.replyTo ? { replyTo: settings.replyTo } : {}),
    to: submission.address,
    subject: fields.subject ?? '',
    text: fields.text ?? '',
    ...(fields.html ? { html: fields.html } : {}),
    // The attempt is found again by this id in bounces.
    messageId: `<${submission.attemptId}@${domain}>`,
    headers: fields.unsubscribe_link
      ? {
          'List-Unsubscribe': `<${fields.unsubscribe_link}>`,
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        }
      : {},
    // Neither files nor addresses of this machine can be drawn in by a template.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

interface SmtpError extends Error {
  code?: string;
  command?: string;
  response?: string;
  responseCode?: number;
}

/** 4xx is "later"; 5xx is "no" (RFC 5321 § 4.2.1); no answer after DATA is anybody's guess. */
function answerOfError(error: SmtpError): Answer {
  const { responseCode, response, command } = error;
  const code = (response ?? error.code ?? error.message).slice(0, 60);
  if (responseCode !== undefined && responseCode >= 500) {
    // RFC 3463: 5.1.1 and 5.1.10 say that there is no such mailbox; 5.2.2 is a full one.
    const gone = /\b5\.1\.(1|2|3|6|10)\b/.test(response ?? '');
    return { kind: 'rejected', code, final: gone, addressGone: gone };
  }
  if (responseCode !== undefined && responseCode >= 400) return { kind: 'throttled', code };
  if (command === 'DATA' || command === 'API') return { kind: 'uncertain', code };
  return error.code === 'ETIMEDOUT' && command !== 'CONN'
    ? { kind: 'uncertain', code }
    : { kind: 'not_sent', code };
}
