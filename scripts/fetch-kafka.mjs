// Kafka's broker, for the tests of streams and outputs.
import { fileURLToPath } from 'node:url';
import { fetchJars } from './fetch-jars.mjs';

fetchJars(
  'kafka',
  fileURLToPath(new URL('../packages/engine/test/harness/kafka-broker.pom.xml', import.meta.url)),
);
