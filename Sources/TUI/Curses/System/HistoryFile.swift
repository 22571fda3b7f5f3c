import Glibc

/// The filters of earlier sessions, one a line, oldest first; for the user's eyes only (0600).
///
/// Several explorers may add to it: a line is one append. It is a convenience, so what cannot be read or written is
/// silently not there.
struct HistoryFile: Sendable {
  /// How many lines are kept.
  static let maximumLines = 500
  /// A longer line is not kept: nobody typed it.
  static let maximumLineBytes = 4_096
  /// The file is shortened when it has grown to this many times what is kept.
  private static let slack = 2

  /// Where the file is; nil keeps nothing.
  let path: String?

  /// `$XDG_STATE_HOME/tracetop/history`, else below `~/.local/state`; nil where there is no home.
  static var standardPath: String? {
    if let state = TerminalSetup.environment("XDG_STATE_HOME"), state.hasPrefix("/") {
      return state + "/tracetop/history"
    }
    return TerminalSetup.environment("HOME").map { $0 + "/.local/state/tracetop/history" }
  }

  /// The newest lines, oldest first; a line that comes again counts where it came last.
  func load() -> [String] {
    guard let path, let content = Self.read(path) else { return [] }
    let lines = content.split(separator: "\n").map(String.init)
    var seen = Set<String>()
    let kept = Array(
      lines.reversed().filter { seen.insert($0).inserted }.prefix(Self.maximumLines).reversed())
    if lines.count > Self.maximumLines * Self.slack { rewrite(kept, at: path) }
    return kept
  }

  /// Adds a line; line feeds in it become blanks.
  func append(_ line: String) {
    let line = String(String.UnicodeScalarView(line.unicodeScalars.map { $0 == "\n" ? " " : $0 }))
    guard let path, !line.isEmpty, line.utf8.count <= Self.maximumLineBytes else { return }
    Self.makeFolders(above: path)
    Self.write(line + "\n", to: path, O_APPEND)
  }

  /// Puts a shorter file in the place of the old one, whole or not at all.
  private func rewrite(_ lines: [String], at path: String) {
    let draft = "\(path).\(getpid())"
    if Self.write(lines.joined(separator: "\n") + "\n", to: draft, O_TRUNC) {
      _ = unsafe rename(draft, path)
    }
  }

  // MARK: - Files

  private static func read(_ path: String) -> String? {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe Glibc.read(file, &buffer, buffer.count)
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  @discardableResult
  private static func write(_ text: String, to path: String, _ mode: Int32) -> Bool {
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC | mode, 0o600)
    guard file >= 0 else { return false }
    defer { close(file) }
    var bytes = Array(text.utf8)
    return unsafe Glibc.write(file, &bytes, bytes.count) == bytes.count
  }

  /// Makes what is missing of the path to a file, for the user only.
  private static func makeFolders(above path: String) {
    var folder = ""
    for part in path.split(separator: "/").dropLast() {
      folder += "/" + part
      _ = unsafe mkdir(folder, 0o700)
    }
  }
}
