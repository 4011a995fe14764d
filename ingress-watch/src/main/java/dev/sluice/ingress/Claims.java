package dev.sluice.ingress;

import java.util.List;
import java.util.Map;

/**
 * What a token says whose signature, times and audience were found good.
 *
 * @param issuer name of its issuer in our settings
 * @param values of each claim that is a text, a number, a truth value or a list of those
 */
public record Claims(String issuer, Map<String, List<String>> values) {}
