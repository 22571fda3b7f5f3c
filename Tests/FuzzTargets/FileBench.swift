import Glibc
import Ingest
import Store

/// Reads files that somebody else wrote, out of one file that has no name and is written anew.
@safe final class FileBench {
  /// Far below what is usual, so that records are too long now and then.
  private static let maximumRecordBytes = 64 << 10

  private let descriptor: Int32
  private let sink: StoreSink

  init(store: Store) {
    sink = StoreSink(store: store)
    var path = Array(TrialFolder.place.utf8CString) + []
    path.removeLast()
    path += "/tracetop-fuzz-XXXXXX".utf8CString
    // Safe: the template is written to in place, and read before it goes.
    descriptor = unsafe path.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return -1 }
      let descriptor = unsafe mkstemp(start)
      unsafe unlink(start)
      return descriptor
    }
    precondition(descriptor >= 0, "no file can be made in \(TrialFolder.place)")
  }

  deinit { close(descriptor) }

  func read(_ bytes: UnsafeRawBufferPointer) {
    ftruncate(descriptor, 0)
    unsafe pwrite(descriptor, bytes.baseAddress, bytes.count, 0)
    lseek(descriptor, 0, SEEK_SET)
    guard let input = try? FileInput(descriptor: descriptor, name: "f") else { return }
    try? FileReader(input, into: sink, maximumRecordBytes: Self.maximumRecordBytes).run()
  }
}

/// Where files of a trial are: in memory, where the system has such a folder.
enum TrialFolder {
  static let place = unsafe access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
}
