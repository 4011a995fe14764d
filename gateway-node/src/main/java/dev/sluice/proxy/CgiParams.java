package dev.sluice.proxy;

import dev.sluice.ingress.Relay;
import dev.sluice.ingress.Template;
import java.util.LinkedHashMap;
import java.util.Map;

/** What an application that speaks FastCGI is told of a request: as nginx' own file of parameters has it. */
final class CgiParams {
  private CgiParams() {}

  static Map<String, String> of(Inbound request, Relay.FastCgi cgi, ProxySettings settings) {
    String target = request.target();
    int mark = target.indexOf('?');
    String path = RequestPath.parse(target).path();
    String document = path == null ? request.path() : path;
    String script = document.endsWith("/") ? document + cgi.index() : document;
    Map<String, String> params = new LinkedHashMap<>();
    params.put("QUERY_STRING", mark < 0 ? "" : target.substring(mark + 1));
    params.put("REQUEST_METHOD", request.method());
    params.put("SCRIPT_NAME", script);
    params.put("REQUEST_URI", request.arrival().head().target());
    params.put("DOCUMENT_URI", document);
    params.put("SERVER_PROTOCOL", request.arrival().head().http11() ? "HTTP/1.1" : "HTTP/1.0");
    params.put("REQUEST_SCHEME", request.scheme());
    if (request.scheme().equals("https")) {
      params.put("HTTPS", "on");
    }
    params.put("GATEWAY_INTERFACE", "CGI/1.1");
    params.put("SERVER_SOFTWARE", "sluice");
    params.put("REMOTE_ADDR", request.clientAddress().getHostAddress());
    params.put("REMOTE_PORT", Integer.toString(request.arrival().client().getPort()));
    params.put("SERVER_PORT", request.port(settings));
    params.put("SERVER_NAME", request.hostName());
    params.put("REDIRECT_STATUS", "200");
    cgi.params().forEach((name, value) -> params.put(name, text(value, script, request)));
    return params;
  }

  private static String text(Template template, String script, Inbound request) {
    return template.expand(variable -> variable.name() == Template.Name.FASTCGI_SCRIPT_NAME
        ? script
        : Variables.value(variable, request));
  }
}
