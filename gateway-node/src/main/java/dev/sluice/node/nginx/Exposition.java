package dev.sluice.node.nginx;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Writes metrics in Prometheus' text format, all with the prefix of ingress-nginx and the labels of one controller. */
final class Exposition {
  static final String PREFIX = "nginx_ingress_controller_";

  /** Whole numbers below are written without an exponent. */
  private static final double EXACT = 1e15;

  private final Appendable out;
  private final Map<String, String> controller;
  private final Set<String> leftOut;

  Exposition(Appendable out, NginxSettings settings) {
    this.out = out;
    this.leftOut = settings.leftOut();
    this.controller = Map.of(
        "controller_namespace", settings.namespace(),
        "controller_class", settings.controllerClass(),
        "controller_pod", settings.pod());
  }

  /** Begins a metric; false if it shall be left out. */
  boolean begin(String name, String type, String help) throws IOException {
    if (leftOut.contains(name)) {
      return false;
    }
    out.append("# HELP ").append(PREFIX).append(name).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(PREFIX).append(name).append(' ').append(type).append('\n');
    return true;
  }

  /** One that stands alone. */
  void single(String name, String type, String help, Number value) throws IOException {
    if (begin(name, type, help)) {
      value(name, Map.of(), value);
    }
  }

  void value(String name, Map<String, String> labels, Number value) throws IOException {
    bare(name, withController(labels), value);
  }

  /** Without the labels of the controller. */
  void bare(String name, Map<String, String> labels, Number value) throws IOException {
    out.append(PREFIX).append(name);
    out.append(labelled(labels)).append("} ").append(text(value)).append('\n');
  }

  void histogram(String name, Map<String, String> labels, Histogram histogram) throws IOException {
    String start = labelled(withController(labels));
    long count = 0;
    for (int i = 0; i <= histogram.buckets().size(); i++) {
      count += histogram.count(i);
      out.append(PREFIX).append(name).append("_bucket").append(start).append(",le=\"");
      out.append(histogram.buckets().name(i)).append("\"} ").append(Long.toString(count));
      out.append('\n');
    }
    String sum = text(histogram.buckets().shown(histogram.sum()));
    out.append(PREFIX).append(name).append("_sum").append(start).append("} ").append(sum);
    out.append('\n');
    out.append(PREFIX).append(name).append("_count").append(start).append("} ");
    out.append(Long.toString(count)).append('\n');
  }

  private Map<String, String> withController(Map<String, String> labels) {
    Map<String, String> all = new TreeMap<>(controller);
    all.putAll(labels);
    return all;
  }

  private static String labelled(Map<String, String> labels) {
    StringBuilder text = new StringBuilder(256).append('{');
    labels.forEach((name, value) -> {
      text.append(text.length() == 1 ? "" : ",").append(name).append("=\"");
      escape(value, text);
      text.append('"');
    });
    return text.toString();
  }

  private static void escape(String value, StringBuilder out) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\\' || c == '"') {
        out.append('\\').append(c);
      } else if (c == '\n') {
        out.append("\\n");
      } else {
        out.append(c);
      }
    }
  }

  private static String text(Number value) {
    boolean whole = value instanceof Long
        || value.doubleValue() == Math.rint(value.doubleValue())
            && Math.abs(value.doubleValue()) < EXACT;
    return whole ? Long.toString(value.longValue()) : Double.toString(value.doubleValue());
  }
}
