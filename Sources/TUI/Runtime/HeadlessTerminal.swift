import Synchronization

/// A terminal of memory: keys typed by a test, frames kept as text. Any thread may type; the loop's thread shows.
final class HeadlessTerminal: Terminal, Sendable {
  private struct Contents {
    var size: Size
    var keys: [Key] = []
    var requests: TerminalRequests = []
    var frames: [String] = []
    var styled = ""
    var copied: [String] = []
    var events: [String] = []
    var isGone = false
  }

  let isASCII: Bool
  /// Guards everything a test's thread and the loop's share.
  private let contents: Mutex<Contents>
  private let keyboard: WakePipe
  private let wake: WakePipe

  /// - Parameter wake: the loop's pipe, which signals of the test's making write to.
  init(size: Size, isASCII: Bool = false, wake: WakePipe) throws(TerminalError) {
    self.isASCII = isASCII
    contents = Mutex(Contents(size: size))
    keyboard = try WakePipe()
    self.wake = wake
  }

  // MARK: - A test's side

  func type(_ keys: Key...) {
    contents.withLock { $0.keys += keys }
    keyboard.signal()
  }

  func resize(_ size: Size) {
    contents.withLock {
      $0.size = size
      $0.keys.append(.resize(size))
    }
    keyboard.signal()
  }

  func request(_ requests: TerminalRequests) {
    contents.withLock { $0.requests.formUnion(requests) }
    wake.signal()
  }

  func hangUp() {
    contents.withLock { $0.isGone = true }
    keyboard.signal()
  }

  /// All frames shown so far, as text.
  var frames: [String] { contents.withLock { $0.frames } }
  var styledText: String { contents.withLock { $0.styled } }
  var copied: [String] { contents.withLock { $0.copied } }
  /// What else was asked of the terminal, in words.
  var events: [String] { contents.withLock { $0.events } }

  // MARK: - The loop's side

  var size: Size { contents.withLock { $0.size } }
  var inputDescriptor: Int32 { keyboard.descriptor }
  var isGone: Bool { contents.withLock { $0.isGone } }

  func readKeys(into keys: inout [Key]) {
    keyboard.drain()
    let typed = contents.withLock { contents in
      defer { contents.keys = [] }
      return contents.keys
    }
    keys += typed
  }

  func takeRequests() -> TerminalRequests {
    contents.withLock { contents in
      defer { contents.requests = [] }
      return contents.requests
    }
  }

  func present(_ frame: inout Frame) {
    let (text, styled) = (frame.text, frame.styledText)
    contents.withLock {
      $0.frames.append(text)
      $0.styled = styled
    }
  }

  func forget() { note("forget") }
  func setMouse(_ isOn: Bool) { note("mouse \(isOn ? "on" : "off")") }
  func copy(_ text: String) { contents.withLock { $0.copied.append(text) } }
  func suspend() { note("suspend") }
  func resume() { note("resume") }

  private func note(_ event: String) { contents.withLock { $0.events.append(event) } }
}
