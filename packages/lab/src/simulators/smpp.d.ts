/** The part of npm `smpp` 0.5.1 that is used here; the package carries no types. */
declare module 'smpp' {
  import type { EventEmitter } from 'node:events';
  import type { Server as NetServer, Socket } from 'node:net';

  export interface Pdu {
    command: string;
    command_id: number;
    command_status: number;
    sequence_number: number;
    message_id?: string;
    esm_class?: number;
    data_coding?: number;
    source_addr?: string;
    destination_addr?: string;
    registered_delivery?: number;
    system_id?: string;
    password?: string;
    short_message?: { message: string | Buffer; udh?: Buffer[] } | Buffer | string;
    message_payload?: { message: string | Buffer } | Buffer | string;
    receipted_message_id?: string;
    message_state?: number;
    response(options?: Record<string, unknown>): Pdu;
  }

  export interface Session extends EventEmitter {
    socket: Socket;
    send(pdu: Pdu, responseCallback?: (pdu: Pdu) => void): boolean;
    bind_transceiver(options: Record<string, unknown>, callback: (pdu: Pdu) => void): boolean;
    submit_sm(options: Record<string, unknown>, callback: (pdu: Pdu) => void): boolean;
    deliver_sm(options: Record<string, unknown>, callback: (pdu: Pdu) => void): boolean;
    enquire_link(callback: (pdu: Pdu) => void): boolean;
    unbind(callback: (pdu: Pdu) => void): boolean;
    close(callback?: () => void): void;
    destroy(callback?: () => void): void;
  }

  interface Smpp {
    connect(options: { host: string; port: number; tls?: boolean }): Session;
    createServer(listener: (session: Session) => void): NetServer;
    encodings: { ASCII: { encode(text: string): Buffer; decode(bytes: Buffer): string } };
  }
  const smpp: Smpp;
  export default smpp;
}
