package dev.picket.agent.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * One command that may be run.
 *
 * @param params what the verb is asked with: the claim {@code params} of a signed command, the payload of any other; an
 *     empty object where there is none
 * @param payload as it came; empty where none did
 * @param claims of the verified token; null for a verb that needs none
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of the wire, compared by nobody
public record Request(
        String verb,
        ObjectNode params,
        byte[] payload,
        @Nullable Claims claims) {}
