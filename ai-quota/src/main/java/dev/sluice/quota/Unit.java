package dev.sluice.quota;

/** What is counted. */
public enum Unit {
  /** Of input and output together. */
  TOKENS,
  INPUT_TOKENS,
  OUTPUT_TOKENS,
  REQUESTS,
  /** Requests that run at this moment: given back when a request ends, whatever it used. Has no window. */
  IN_FLIGHT_REQUESTS,
  /** In nano-dollars. */
  COST
}
