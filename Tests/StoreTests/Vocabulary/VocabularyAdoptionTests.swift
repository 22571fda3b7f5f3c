import Support
import Testing

@testable import Store

@Suite("A store that is told what spans are read by")
struct VocabularyAdoptionTests {
  private static let added = Vocabulary.standard.extended(
    by: VocabularyAdditions(dimensions: [.tenant: ["acme.customer"]]))

  private static let spans = TraceBuilder {
    root("a", 1.ms).attributes(["acme.customer": "c-1"])
  }.spans

  private static func batch(_ store: Store) -> SpanBatch {
    let batch = SpanBatch(vocabulary: store.vocabulary)
    for span in spans { batch.add(span) }
    return batch
  }

  @Test("While it is empty it takes another vocabulary, and everything goes by that")
  func empty() {
    let store = Store(budgetBytes: 64 << 20)
    #expect(store.adopt(Self.added))
    #expect(store.vocabulary == Self.added)
    #expect(store.snapshot().vocabulary == Self.added)
    _ = store.append(Self.batch(store))
    let snapshot = store.settledSnapshot()
    #expect(snapshot.vocabulary == Self.added)
    #expect(snapshot.summary(of: TraceNumber(0), now: UnixNanos(0))?.tenant == "c-1")
    let found = LiveQuery(filter: try? FilterParser.parse("tenant=c-1"))
      .update(to: snapshot, now: UnixNanos(0))
    #expect(found.traces == [TraceNumber(0)])
  }

  @Test("A filter that was asked before by the old words is asked by the new ones")
  func asked() {
    let store = Store(budgetBytes: 64 << 20)
    let query = LiveQuery(filter: try? FilterParser.parse("tenant=c-1"))
    #expect(query.update(to: store.snapshot(), now: UnixNanos(0)).traces.isEmpty)
    #expect(store.adopt(Self.added))
    _ = store.append(Self.batch(store))
    #expect(query.update(to: store.settledSnapshot(), now: UnixNanos(0)).traces.count == 1)
  }

  @Test("Once it has taken spans it keeps to what they were read by")
  func filled() {
    let store = Store(budgetBytes: 64 << 20)
    _ = store.append(Self.batch(store))
    #expect(!store.adopt(Self.added))
    #expect(store.adopt(.standard))
    #expect(store.settledSnapshot().vocabulary == .standard)
  }
}
