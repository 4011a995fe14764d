/**
 * Where connections come in: one worker per core, its event loop, its listeners, and HTTP/1.1 on each connection.
 *
 * <p>Turns bytes into requests and replies into bytes. Never decides where a request goes, and never waits for anything.
 */
@NullMarked
package dev.sluice.edge;

import org.jspecify.annotations.NullMarked;
