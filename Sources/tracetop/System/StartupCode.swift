import Glibc
import Store

/// The code that only a start needs: options, sockets, the journal's opening, the first frame.
///
/// The `unsafe` gives pages of code back to the kernel, which are the same when they are mapped again.
enum StartupCode {
  /// How long a start takes at most, usually, in microseconds.
  private static let start: UInt32 = 500_000

  /// Gives back what the start has left in memory, once, a little later.
  ///
  /// The kernel maps 64 KiB of the program around every place that runs, and keeps that for as long as
  /// there is room: most of what a collector at rest had in memory was code that never runs again. What
  /// is needed after all is mapped anew, from the file or the kernel's cache of it.
  static func releaseSoon() {
    _ = BackgroundThread {
      pthread_detach(pthread_self())
      usleep(start)
      release()
    }
  }

  private static func release() {
    guard let bytes = try? TextFile.read("/proc/self/maps") else { return }
    var program: Substring?
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      // "55d0a000-55d0b000 r-xp 00001000 fe:00 1234 /usr/local/bin/tracetop"
      let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
      guard fields.count == 6 else { continue }
      // The program itself comes first; libraries are shared with others.
      program = program ?? fields[5]
      let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
      // Code is never written to, so nothing is lost.
      guard fields[5] == program, fields[1] == "r-xp", bounds.count == 2, bounds[0] < bounds[1]
      else { continue }
      _ = unsafe madvise(
        UnsafeMutableRawPointer(bitPattern: bounds[0]), Int(bounds[1] - bounds[0]), MADV_DONTNEED)
    }
  }
}
