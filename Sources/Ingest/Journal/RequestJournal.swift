/// What a frame of the journal holds. The numbers are in files on disk: they never change.
public enum JournalKind: Int, Sendable, CaseIterable {
  /// `ExportTraceServiceRequest`
  case spans = 1
  /// `ExportLogsServiceRequest`
  case logs = 2
}

/// Where requests are written down before they are acknowledged.
///
/// A request is appended while it is handled and gets the next number. Its sender is answered once
/// ``settled`` has reached that number: the request is committed, or the journal has given up and says
/// so in its own state. Requests that come while a commit is going on share the next.
public protocol RequestJournal: AnyObject, Sendable {
  /// Why a request of so many bytes must be sent again later; nil where there is room for it. Asked
  /// before anything of it is stored.
  func refusal(ofBytes count: Int) -> String?

  /// Takes a copy of a request as it is shown: protobuf, after rules and limits, with so many spans or
  /// log records in it. Never waits for the disk; does nothing while the journal is not written.
  func append(_ kind: JournalKind, _ body: UnsafeRawBufferPointer, items: Int)

  /// The number of the request that was appended last.
  var appended: UInt64 { get }

  /// Requests up to this number are committed, or given up. Never above ``appended``.
  var settled: UInt64 { get }

  /// Sets one more who is told, on the journal's thread, each time ``settled`` has grown; must be quick.
  func observe(_ wake: @escaping @Sendable () -> Void)
}

extension RequestJournal {
  /// Takes a copy of a request.
  public func append(_ kind: JournalKind, _ body: MessageBytes, items: Int) {
    unsafe body.withUnsafeBytes { bytes in unsafe append(kind, bytes, items: items) }
  }
}
