import Glibc
import Ingest
import Store
import Synchronization

/// Traces as `{"traces":[…]}`, written in pieces as they are made, so that a large answer is never held
/// whole, and made by several threads, since text is most of the work.
struct TraceJSON: Sendable {
  /// How many traces a thread makes at a time: some milliseconds of work, some MiB of text.
  private static let blockTraces = 256
  /// The most threads that are used.
  private static let maximumThreads = 4

  var traces: FetchedTraces?
  /// The attributes that are kept; nil for all.
  var selection: AttributeSelection?

  func write() {
    var json = JSONWriter()
    json.object { json in
      json.key("traces")
      json.array { json in
        var rest = traces?.numbers[...] ?? []
        while !rest.isEmpty {
          var blocks: [ArraySlice<TraceNumber>] = []
          for _ in 0..<Self.threads where !rest.isEmpty {
            blocks.append(rest.prefix(Self.blockTraces))
            rest = rest.dropFirst(Self.blockTraces)
          }
          for elements in elements(of: blocks, like: json) {
            json.append(elements: elements)
            StandardOutput.write(json.takeBytes())
          }
        }
      }
    }
    StandardOutput.write(json.bytes + [UInt8(ascii: "\n")])
  }

  /// The elements of each block, made at the same time.
  private func elements(of blocks: [ArraySlice<TraceNumber>], like json: JSONWriter) -> [[UInt8]] {
    guard blocks.count > 1 else { return blocks.map { elements(of: $0, like: json) } }
    let made = Made(count: blocks.count)
    let threads = blocks.indices.dropFirst().map { index in
      BackgroundThread { made.set(elements(of: blocks[index], like: json), at: index) }
    }
    made.set(elements(of: blocks[0], like: json), at: 0)
    for (index, thread) in zip(blocks.indices.dropFirst(), threads) {
      // Where the system has no more threads this one does it.
      guard let thread else {
        made.set(elements(of: blocks[index], like: json), at: index)
        continue
      }
      thread.join()
    }
    return made.all
  }

  private func elements(of block: ArraySlice<TraceNumber>, like json: JSONWriter) -> [UInt8] {
    var elements = json.ofElements()
    for number in block {
      guard var document = traces?.document(number) else { continue }
      selection?.apply(to: &document)
      elements.element()
      elements.trace(document)
    }
    return elements.bytes
  }

  private static let threads = min(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))), maximumThreads)

  /// What the threads made.
  private final class Made: Sendable {
    /// Guards the pieces; each thread sets its own once, and they are read when all have ended.
    private let pieces: Mutex<[[UInt8]]>

    init(count: Int) { pieces = Mutex(Array(repeating: [], count: count)) }

    func set(_ bytes: [UInt8], at index: Int) { pieces.withLock { $0[index] = bytes } }
    var all: [[UInt8]] { pieces.withLock { $0 } }
  }
}
