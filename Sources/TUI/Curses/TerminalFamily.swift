/// What can be sent to a terminal beyond what its description promises, by its TERM.
struct TerminalFamily: Equatable, Sendable {
  /// Whether it takes xterm's private modes: mouse reports, bracketed paste, OSC 52. Others may print them.
  let hasPrivateModes: Bool
  /// Whether `CSI ? 2026 h` and `l` around a frame are understood or silently ignored.
  let hasSynchronizedUpdates: Bool

  init(term: String) {
    let xtermLike = [
      "xterm", "tmux", "alacritty", "foot", "kitty", "wezterm", "ghostty", "contour", "iterm",
      "vte", "gnome", "konsole", "mintty", "rxvt", "st-",
    ]
    let isXtermLike = term == "st" || xtermLike.contains { term.hasPrefix($0) }
    hasPrivateModes = isXtermLike || term.hasPrefix("screen")
    hasSynchronizedUpdates = isXtermLike
  }

  var mouseOn: String { hasPrivateModes ? "\u{1B}[?1000h\u{1B}[?1006h" : "" }
  var mouseOff: String { hasPrivateModes ? "\u{1B}[?1006l\u{1B}[?1000l" : "" }
  var pasteOn: String { hasPrivateModes ? "\u{1B}[?2004h" : "" }
  var pasteOff: String { hasPrivateModes ? "\u{1B}[?2004l" : "" }
  var frameBegin: String { hasSynchronizedUpdates ? "\u{1B}[?2026h" : "" }
  var frameEnd: String { hasSynchronizedUpdates ? "\u{1B}[?2026l" : "" }

  /// The most bytes that are copied at once: xterm takes 100,000 of base64.
  static let maximumCopyBytes = 74_000

  /// The sequence that puts text on the terminal's clipboard (xterm's OSC 52); empty where that is not known.
  func copy(_ text: String) -> String {
    guard hasPrivateModes else { return "" }
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    let bytes = Array(text.utf8.prefix(Self.maximumCopyBytes))
    var encoded: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = (0..<3).map { start + $0 < bytes.count ? Int(bytes[start + $0]) : 0 }
      let word = group[0] << 16 | group[1] << 8 | group[2]
      let have = min(3, bytes.count - start)
      for place in 0..<4 {
        encoded.append(place <= have ? digits[word >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
      }
    }
    return "\u{1B}]52;c;" + String(decoding: encoded, as: UTF8.self) + "\u{07}"
  }
}
