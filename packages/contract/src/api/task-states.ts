/** States of an ingestion task: of its newest run where that says more than whether it is started. */
export const taskStates = ['stopped', 'idle', 'waiting', 'running', 'failed'] as const;
