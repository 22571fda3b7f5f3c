import Testing

@testable import TUI

/// Waits until something is so, and records an issue where it is not after ten seconds.
func wait(
  _ what: String, sourceLocation: SourceLocation = #_sourceLocation, until isSo: () -> Bool
) async {
  for _ in 0..<5_000 {
    if isSo() { return }
    try? await Task.sleep(for: .milliseconds(2))
  }
  Issue.record("waited in vain: \(what)", sourceLocation: sourceLocation)
}
