package dev.sluice.ingress.kube;

import dev.sluice.ingress.Declaration;
import dev.sluice.ingress.ObjectKey;
import dev.sluice.ingress.Problem;
import dev.sluice.ingress.manifest.ManifestReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A folder of manifests, looked at again and again. Remembers what it read of each file. */
final class Folder {
  private static final int MAX_DEPTH = 8;

  /** @param file tells one file from another that took its name, where the file system can */
  private record Stamp(
      FileTime modified, long bytes, @Nullable Object file) {}

  private record ReadFile(Stamp stamp, List<Declaration> declared, List<Problem> problems) {}

  private final Path root;
  private final FolderSettings settings;
  private Map<Path, Stamp> seen = new TreeMap<>();
  private Map<Path, ReadFile> read = new TreeMap<>();
  private @Nullable Listing last;

  Folder(Path root, FolderSettings settings) {
    this.root = root;
    this.settings = settings;
  }

  /**
   * Looks once; a listing if anything is other than in the last one. A folder that can't be listed keeps what was read
   * of it, and is a problem.
   */
  Optional<Listing> look() {
    List<Problem> problems = new ArrayList<>();
    try {
      readChanged(stamps(problems));
    } catch (IOException | UncheckedIOException e) {
      problems.add(new Problem(
          root.toString(),
          "",
          "",
          "can't be listed: " + e.getMessage(),
          "a readable folder",
          "what was read before is kept"));
    }
    Listing now = listing(problems);
    if (now.equals(last)) {
      return Optional.empty();
    }
    last = now;
    return Optional.of(now);
  }

  /** Reads the files that are new or other than before, once they have stayed the same from one look to the next. */
  private void readChanged(Map<Path, Stamp> now) {
    Map<Path, ReadFile> next = new TreeMap<>();
    now.forEach((file, stamp) -> {
      ReadFile before = read.get(file);
      if (before != null && before.stamp().equals(stamp)) {
        next.put(file, before);
      } else if (last == null || stamp.equals(seen.get(file))) {
        next.put(file, readFile(file, stamp));
      } else if (before != null) {
        next.put(file, before);
      }
    });
    seen = now;
    read = next;
  }

  private Map<Path, Stamp> stamps(List<Problem> problems) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(root, MAX_DEPTH, FileVisitOption.FOLLOW_LINKS)) {
      files = all.filter(this::isManifest).sorted().toList();
    }
    if (files.size() > settings.files()) {
      String what = files.size() + " files";
      problems.add(new Problem(
          root.toString(),
          "",
          "",
          what,
          "at most " + settings.files(),
          "the last ones are left out"));
    }
    Map<Path, Stamp> stamps = new TreeMap<>();
    for (Path file : files.subList(0, Math.min(files.size(), settings.files()))) {
      try {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        Object key = attributes.fileKey();
        stamps.put(file, new Stamp(attributes.lastModifiedTime(), attributes.size(), key));
      } catch (NoSuchFileException e) {
        // removed since it was listed
      }
    }
    return stamps;
  }

  private boolean isManifest(Path file) {
    for (Path part : root.relativize(file)) {
      if (part.toString().startsWith(".")) {
        return false;
      }
    }
    String name = file.toString();
    return (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json"))
        && Files.isRegularFile(file);
  }

  private ReadFile readFile(Path file, Stamp stamp) {
    String name = root.relativize(file).toString();
    ManifestReader reader = new ManifestReader();
    try {
      if (stamp.bytes() > settings.fileBytes()) {
        throw new IOException(stamp.bytes() + " bytes, more than " + settings.fileBytes());
      }
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
      reader.readFile(name, StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
    } catch (CharacterCodingException e) {
      reader.problems().add(unreadable(name, "not UTF-8"));
    } catch (IOException e) {
      reader.problems().add(unreadable(name, String.valueOf(e.getMessage())));
    }
    return new ReadFile(stamp, List.copyOf(reader.declared()), List.copyOf(reader.problems()));
  }

  private static Problem unreadable(String name, String why) {
    return new Problem(
        name,
        "",
        "",
        "can't be read: " + why,
        "a file of YAML or JSON in UTF-8",
        "the file is left out");
  }

  private Listing listing(List<Problem> problems) {
    Map<ObjectKey, Declaration> declared = new HashMap<>();
    List<Declaration> inOrder = new ArrayList<>();
    for (ReadFile file : read.values()) {
      problems.addAll(file.problems());
      for (Declaration one : file.declared()) {
        Declaration first = declared.putIfAbsent(one.key(), one);
        if (first == null) {
          inOrder.add(one);
        } else {
          String what = "declared already in " + first.at().place("");
          problems.add(
              one.problem("metadata.name", what, "each object once", "this one is left out"));
        }
      }
    }
    return new Listing(List.copyOf(inOrder), List.copyOf(problems));
  }
}
