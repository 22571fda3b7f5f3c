import ArgumentParser
import Glibc
import Ingest

/// The files that `open` and `import` read.
struct FileArguments: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Files of traces, or - for stdin: OTLP as JSON, JSON lines or protobuf, with lengths in front or without, and Jaeger's JSON; plain, gzip or zstd. What a file is, it says itself.",
      valueName: "file"))
  var files: [String]

  @Option(
    help: ArgumentHelp(
      "The longest record taken, such as 256MiB; longer ones are left out and said.",
      valueName: "size"))
  var maxRecord = MemorySize(bytes: FileReader.maximumRecordBytes)

  func validate() throws {
    guard maxRecord.bytes >= 1 << 10, maxRecord.bytes < 1 << 31 else {
      throw ValidationError("--max-record must be from 1KiB to less than 2GiB.")
    }
    guard files.filter({ $0 == "-" }).count < 2 else {
      throw ValidationError("stdin (-) can be read once only.")
    }
  }

  /// Opens every file and looks at its first bytes, so that one that is none is said before anything
  /// is done; a pipe is not waited for. `stdin` is the descriptor that "-" stands for.
  func open(stdin: Int32 = STDIN_FILENO) throws(Failure) -> [FileInput] {
    do throws(FileError) {
      var inputs: [FileInput] = []
      for file in files {
        if file == "-" {
          inputs.append(try FileInput(descriptor: stdin, name: "stdin"))
        } else {
          let input = try FileInput(path: file)
          if input.size != nil { try FileReader.check(path: file) }
          inputs.append(input)
        }
      }
      return inputs
    } catch {
      throw Failure(error.message)
    }
  }
}
