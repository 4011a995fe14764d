package dev.sluice.ingress.kube;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ingress.DeclaredModelProvider;
import dev.sluice.ingress.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderIT {
  private static final long FILE_BYTES = 1024;
  private static final int FILES = 5;

  @TempDir
  private Path root;

  private Folder folder;

  @BeforeEach
  void open() {
    folder = open(root);
  }

  private static Folder open(Path path) {
    return new Folder(path, new FolderSettings(Duration.ofMillis(10), FILE_BYTES, FILES));
  }

  private static String provider(String... names) {
    StringBuilder all = new StringBuilder();
    for (String name : names) {
      all.append("---\napiVersion: sluice.dev/v1alpha1\nkind: ModelProvider\n")
          .append("metadata: {name: ")
          .append(name)
          .append("}\nspec: {kind: echo}\n");
    }
    return all.toString();
  }

  private Path write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    return Files.writeString(path, text);
  }

  private Listing changed() {
    Optional<Listing> listing = folder.look();
    assertThat(listing).isPresent();
    return listing.get();
  }

  /** What the next look but one says: a file is read when it is the same twice. */
  private Listing changedAndSettled() {
    folder.look();
    return changed();
  }

  private static List<String> names(Listing listing) {
    return listing.declared().stream().map(one -> one.key().name()).toList();
  }

  private List<String> problems(Listing listing) {
    return listing.problems().stream().map(Problem::what).toList();
  }

  @Test
  void listsAtOnceWhatIsThereAndNothingWhileItStaysSo() throws IOException {
    write("a.yaml", provider("a"));
    write("sub/b.yml", provider("b1", "b2"));
    write("c.json", "{\"apiVersion\": \"v1\", \"kind\": \"Pod\"}");
    write("notes.txt", "no manifest");
    write(".hidden/d.yaml", provider("d"));
    write(".e.yaml.swp", provider("e"));
    Listing listing = changed();
    assertThat(names(listing)).containsExactly("a", "b1", "b2");
    assertThat(listing.problems()).isEmpty();
    assertThat(folder.look()).isEmpty();
    assertThat(folder.look()).isEmpty();
  }

  @Test
  void readsAChangedFileOnceItStaysTheSame() throws IOException {
    write("a.yaml", provider("a"));
    write("b.yaml", provider("b"));
    Listing before = changed();
    write("a.yaml", provider("a", "more"));
    assertThat(folder.look()).isEmpty();
    Listing after = changed();
    assertThat(names(after)).containsExactly("a", "more", "b");
    assertThat(after.declared().get(2)).isSameAs(before.declared().get(1));
    assertThat(folder.look()).isEmpty();
  }

  @Test
  void servesTheFormerTextWhileAFileIsBeingWritten() throws IOException {
    write("a.yaml", provider("a"));
    changed();
    write("a.yaml", "apiVersion: slu");
    assertThat(folder.look()).isEmpty();
    write("a.yaml", "apiVersion: sluice.dev/v1alpha1\nkind: Model");
    assertThat(folder.look()).isEmpty();
    write("a.yaml", provider("a", "b"));
    assertThat(folder.look()).isEmpty();
    assertThat(names(changed())).containsExactly("a", "b");
  }

  @Test
  void readsANewFileOnceItStaysTheSame() throws IOException {
    assertThat(names(changed())).isEmpty();
    write("a.yaml", "apiVersion: ");
    assertThat(folder.look()).isEmpty();
    write("a.yaml", provider("a"));
    assertThat(folder.look()).isEmpty();
    assertThat(names(changed())).containsExactly("a");
  }

  @Test
  void readsAFileThatTookThePlaceOfOneOfTheSameSizeAndTime() throws IOException {
    Path file = write("a.yaml", provider("a"));
    FileTime time = Files.getLastModifiedTime(file);
    changed();
    Path other = write("a.new", provider("b"));
    Files.setLastModifiedTime(other, time);
    Files.move(other, file, ATOMIC_MOVE);
    assertThat(names(changedAndSettled())).containsExactly("b");
  }

  @Test
  void followsTheSwapOfAMountedConfigMap() throws IOException {
    write("..2026_01/a.yaml", provider("a"));
    write("..2026_01/b.yaml", provider("b"));
    Files.createSymbolicLink(root.resolve("..data"), Path.of("..2026_01"));
    Files.createSymbolicLink(root.resolve("a.yaml"), Path.of("..data", "a.yaml"));
    Files.createSymbolicLink(root.resolve("b.yaml"), Path.of("..data", "b.yaml"));
    assertThat(names(changed())).containsExactly("a", "b");

    write("..2026_02/a.yaml", provider("a2"));
    write("..2026_02/b.yaml", provider("b"));
    Files.createSymbolicLink(root.resolve("..data_tmp"), Path.of("..2026_02"));
    Files.move(root.resolve("..data_tmp"), root.resolve("..data"), ATOMIC_MOVE);
    assertThat(names(changedAndSettled())).containsExactly("a2", "b");
  }

  @Test
  void forgetsAFileThatIsGoneAtOnce() throws IOException {
    Path a = write("a.yaml", provider("a"));
    write("b.yaml", provider("b"));
    changed();
    Files.delete(a);
    assertThat(names(changed())).containsExactly("b");
  }

  @Test
  void leavesOutAFileThatIsNoTextOrTooLargeAndTakesTheOthers() throws IOException {
    write("a.yaml", provider("a"));
    Files.write(root.resolve("b.yaml"), provider("b").getBytes(StandardCharsets.UTF_16));
    write("c.yaml", provider("c") + "#".repeat((int) FILE_BYTES));
    Listing listing = changed();
    assertThat(names(listing)).containsExactly("a");
    assertThat(listing.problems()).extracting(Problem::place).containsExactly("b.yaml", "c.yaml");
    assertThat(problems(listing).get(0)).contains("not UTF-8");
    assertThat(problems(listing).get(1)).contains("more than 1024");
  }

  @Test
  void hasNoUseForALinkToNothing() throws IOException {
    write("a.yaml", provider("a"));
    Files.createSymbolicLink(root.resolve("b.yaml"), Path.of("nowhere.yaml"));
    Listing listing = changed();
    assertThat(names(listing)).containsExactly("a");
    assertThat(listing.problems()).isEmpty();
  }

  @Test
  void takesTheObjectsThatCanBeReadOfAFileThatBreaks() throws IOException {
    write("a.yaml", provider("a", "b"));
    changed();
    write("a.yaml", provider("a") + "---\nkind: [\n");
    Listing listing = changedAndSettled();
    assertThat(names(listing)).containsExactly("a");
    assertThat(listing.problems()).hasSize(1);
    assertThat(listing.problems().get(0).place()).startsWith("a.yaml:");
  }

  @Test
  void takesAnObjectOnceFromTheFirstFileByName() throws IOException {
    write("a.yaml", provider("x"));
    write("b.yaml", "# later\n" + provider("x", "y"));
    Listing listing = changed();
    assertThat(names(listing)).containsExactly("x", "y");
    assertThat(listing.declared().get(0).at().file()).isEqualTo("a.yaml");
    assertThat(problems(listing)).containsExactly("declared already in a.yaml:2");
  }

  @Test
  void readsAsManyFilesAsItMayAndSaysSo() throws IOException {
    for (int i = 0; i <= FILES; i++) {
      write("f" + i + ".yaml", provider("p" + i));
    }
    Listing listing = changed();
    assertThat(names(listing)).containsExactly("p0", "p1", "p2", "p3", "p4");
    assertThat(problems(listing)).containsExactly("6 files");
  }

  @Test
  void keepsWhatItReadWhileTheFolderIsAwayAndFindsItAgain() throws IOException {
    Path inner = root.resolve("inner");
    folder = open(inner);
    write("inner/a.yaml", provider("a"));
    changed();
    Files.move(inner, root.resolve("away"));
    Listing away = changed();
    assertThat(names(away)).containsExactly("a");
    assertThat(problems(away).get(0)).contains("can't be listed");
    assertThat(folder.look()).isEmpty();
    Files.move(root.resolve("away"), inner);
    Listing back = changed();
    assertThat(names(back)).containsExactly("a");
    assertThat(back.problems()).isEmpty();
  }

  @Test
  void goesOnReadingBesideALinkThatLeadsBack() throws IOException {
    write("a.yaml", provider("a"));
    Files.createSymbolicLink(root.resolve("loop"), root);
    Listing listing = changed();
    assertThat(names(listing)).containsExactly("a");
    assertThat(listing.problems())
        .extracting(Problem::place)
        .containsExactly(root.resolve("loop").toString());
    write("b.yaml", provider("b"));
    assertThat(names(changedAndSettled())).containsExactly("a", "b");
  }

  @Test
  void keepsWhatItReadBelowAFolderThatCannotBeListed() throws IOException {
    write("sub/a.yaml", provider("a"));
    write("b.yaml", provider("b"));
    changed();
    Files.move(root.resolve("sub"), root.resolve(".away"));
    Files.createSymbolicLink(root.resolve("sub"), root);
    Listing listing = changed();
    assertThat(names(listing)).containsExactly("b", "a");
    assertThat(problems(listing).get(0)).contains("can't be listed");
    Files.delete(root.resolve("sub"));
    assertThat(names(changed())).containsExactly("b");
  }

  @Test
  void showsWhatItReadAsDeclaredInItsFile() throws IOException {
    write("sub/a.yaml", "# one\n" + provider("a"));
    DeclaredModelProvider read = (DeclaredModelProvider) changed().declared().get(0);
    assertThat(read.at().place("spec.kind")).isEqualTo(Path.of("sub", "a.yaml") + ":6");
  }
}
