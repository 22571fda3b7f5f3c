internal import GRDB

/// Why a journal is not written.
public struct JournalFault: Error, Equatable, Sendable {
  public enum Kind: String, Sendable {
    /// Another process writes it.
    case inUse = "in use"
    /// The file is something else.
    case foreign
    /// A newer tracetop wrote the file.
    case newer
    /// The file is ours, and not what was written.
    case damaged
    /// The file or its folder may only be read.
    case readOnly = "read-only"
    /// The disk has no room. Tried again.
    case full
    /// The file is not where it was any more.
    case gone
    /// Anything else the disk said. Tried again.
    case failed
  }

  public var kind: Kind
  /// One line: where, what, and what to do about it.
  public var reason: String

  public init(_ kind: Kind, _ reason: String) {
    self.kind = kind
    self.reason = reason
  }

  /// Whether it may pass by itself.
  var isPassing: Bool { kind == .full || kind == .failed }

  /// What SQLite could not do with a file.
  init(_ error: any Error, path: String) {
    guard let error = error as? DatabaseError else {
      self.init(.failed, "\(path): \(error)")
      return
    }
    let said = error.message ?? "error \(error.extendedResultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_CORRUPT:
      self.init(.damaged, "\(path): \(said); move it away and start again for a new one")
    case .SQLITE_NOTADB:
      self.init(.foreign, "\(path) is no journal of tracetop; choose another --journal")
    case .SQLITE_READONLY where error.extendedResultCode == .SQLITE_READONLY_DBMOVED:
      self.init(.gone, "\(path) was moved or deleted while it was written")
    case .SQLITE_READONLY, .SQLITE_PERM: self.init(.readOnly, "\(path): \(said)")
    case .SQLITE_FULL: self.init(.full, "\(path): \(said)")
    default: self.init(.failed, "\(path): \(said) (\(error.extendedResultCode.rawValue))")
    }
  }
}
