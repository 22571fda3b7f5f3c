/// Which processes there are, by the kernel's own account.
enum ProcessTable {
  /// Whether a process runs. One that has ended and waits to be asked how does not.
  static func isRunning(_ process: Int32) -> Bool {
    guard process > 0, let bytes = try? TextFile.read("/proc/\(process)/stat"),
      let name = bytes.lastIndex(of: UInt8(ascii: ")")), name + 2 < bytes.count
    else { return false }
    // The state stands behind the name, which may have anything in it.
    return !"ZX".utf8.contains(bytes[name + 2])
  }
}
