import { KafkaFailure, type KafkaFailureCode } from './kafka.js';

/** What the broker says about a record that it will not take however often it is sent. */
const RECORD_REFUSALS = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
]);
const TOPIC_PROBLEMS = new Set(['UNKNOWN_TOPIC_OR_PARTITION', 'INVALID_TOPIC_EXCEPTION']);
/** The last one also when something answers that is not Kafka: it says nothing sensible and hangs up. */
const CONNECTION_ERRORS = new Set([
  'KafkaJSConnectionError',
  'KafkaJSBrokerNotFound',
  'KafkaJSConnectionClosedError',
]);
const SYSTEM_CODES: Readonly<Record<string, KafkaFailureCode>> = {
  ENOTFOUND: 'NameUnknown',
  EAI_AGAIN: 'NameUnknown',
  CERT_HAS_EXPIRED: 'CertificateRefused',
  CERT_NOT_YET_VALID: 'CertificateRefused',
  UNABLE_TO_GET_ISSUER_CERT: 'CertificateRefused',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'CertificateRefused',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'CertificateRefused',
  SELF_SIGNED_CERT_IN_CHAIN: 'CertificateRefused',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'CertificateRefused',
  ERR_TLS_CERT_ALTNAME_INVALID: 'CertificateRefused',
};

/** kafkajs wraps errors in errors; the innermost one that we know names the failure. */
export function failureOf(error: unknown): KafkaFailure {
  if (error instanceof KafkaFailure) return error;
  let code: KafkaFailureCode = 'Failed';
  let detail = String(error);
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth += 1) {
    detail = at.message;
    code = codeOf(at) ?? code;
  }
  return new KafkaFailure(code, detail, { cause: error });
}

function codeOf(error: Error): KafkaFailureCode | undefined {
  const type = 'type' in error ? String(error.type) : '';
  if (RECORD_REFUSALS.has(type)) return 'RecordRefused';
  if (TOPIC_PROBLEMS.has(type)) return 'TopicMissing';
  if (type.includes('AUTHORIZATION_FAILED') || error.name === 'KafkaJSSASLAuthenticationError')
    return 'NotAllowed';
  const system = SYSTEM_CODES['code' in error ? String(error.code) : ''];
  if (system !== undefined) return system;
  if (CONNECTION_ERRORS.has(error.name)) return 'Unreachable';
  if (error.name === 'KafkaJSRequestTimeoutError') return 'NoAnswer';
  return undefined;
}
