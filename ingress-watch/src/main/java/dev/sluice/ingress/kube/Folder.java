package dev.sluice.ingress.kube;

import dev.sluice.ingress.Declaration;
import dev.sluice.ingress.ObjectKey;
import dev.sluice.ingress.Problem;
import dev.sluice.ingress.manifest.ManifestReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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
   * of it, and is a problem; so does one below it.
   */
  Optional<Listing> look() {
    List<Problem> problems = new ArrayList<>();
    try {
      readChanged(stamps(problems));
    } catch (IOException e) {
      problems.add(unlisted(root, e));
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
    Map<Path, Stamp> stamps = new TreeMap<>();
    Files.walkFileTree(
        root, Set.of(FileVisitOption.FOLLOW_LINKS), MAX_DEPTH, new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return isHidden(folder) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (isManifest(file, attributes)) {
              stamps.put(
                  file,
                  new Stamp(
                      attributes.lastModifiedTime(), attributes.size(), attributes.fileKey()));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (file.equals(root)) {
              throw e;
            }
            if (!isHidden(file) && !(e instanceof NoSuchFileException)) {
              problems.add(unlisted(file, e));
              keepBelow(file, stamps);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
            if (e != null) {
              problems.add(unlisted(folder, e));
              keepBelow(folder, stamps);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    if (stamps.size() <= settings.files()) {
      return stamps;
    }
    problems.add(new Problem(
        root.toString(),
        "",
        "",
        stamps.size() + " files",
        "at most " + settings.files(),
        "the last ones are left out"));
    Map<Path, Stamp> first = new TreeMap<>();
    stamps.entrySet().stream()
        .limit(settings.files())
        .forEach(entry -> first.put(entry.getKey(), entry.getValue()));
    return first;
  }

  /** Of what can't be listed now, all files stand as they did. */
  private void keepBelow(Path folder, Map<Path, Stamp> stamps) {
    read.forEach((file, before) -> {
      if (file.startsWith(folder)) {
        stamps.putIfAbsent(file, before.stamp());
      }
    });
  }

  private static Problem unlisted(Path folder, IOException e) {
    return new Problem(
        folder.toString(),
        "",
        "",
        "can't be listed: " + e.getMessage(),
        "a readable folder",
        "what was read before is kept");
  }

  private boolean isManifest(Path file, BasicFileAttributes attributes) {
    String name = file.toString();
    return (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json"))
        && attributes.isRegularFile()
        && !isHidden(file);
  }

  private boolean isHidden(Path file) {
    for (Path part : root.relativize(file)) {
      if (part.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
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
