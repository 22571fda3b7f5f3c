import Store

/// The attributes of one span while rules change them; used again for each span.
final class AttributeDraft {
  private(set) var items = GrowingBuffer<BatchAttribute>(capacity: 128)
  private var rebuilt = GrowingBuffer<BatchAttribute>(capacity: 128)
  /// Whether what is here differs from what came.
  private(set) var isChanged = false
  /// For each key's number, the round in which ``places`` was set for it.
  private var rounds: [UInt64] = []
  private var places: [Int] = []
  private var round: UInt64 = 0
  private var isIndexed = false

  var count: Int { items.count }

  subscript(index: Int) -> BatchAttribute { items[index] }

  func load(span position: Int, of batch: SpanBatch) {
    items.removeAll(keepingAtMost: 1 << 12)
    isChanged = false
    isIndexed = false
    for index in batch.attributes(ofSpan: position) { items.append(batch.attribute(at: index)) }
  }

  func store(asSpan position: Int, of batch: SpanBatch) {
    batch.replaceAttributes(ofSpan: position, with: items)
  }

  // MARK: - Looking

  /// The place of the first attribute under a key; nil where there is none.
  func place(of key: Int) -> Int? {
    if !isIndexed {
      beginRound()
      for index in 0..<items.count where place(inRound: items[index].key) == nil {
        setPlace(of: items[index].key, index)
      }
      isIndexed = true
    }
    return place(inRound: key)
  }

  // MARK: - Changing

  /// Notes that something of the span changed that is not among its own attributes.
  func noteChange() { isChanged = true }

  func replace(at index: Int, with attribute: BatchAttribute) {
    items[index] = attribute
    isChanged = true
  }

  /// Adds an attribute behind all others.
  func append(_ attribute: BatchAttribute) {
    if isIndexed, place(inRound: attribute.key) == nil { setPlace(of: attribute.key, items.count) }
    items.append(attribute)
    isChanged = true
  }

  /// Adds attributes in front of the one at `index`.
  func insert(_ attributes: borrowing GrowingBuffer<BatchAttribute>, at index: Int) {
    guard attributes.count > 0 else { return }
    rebuild { draft in
      for old in 0..<index { draft.rebuilt.append(draft.items[old]) }
      for new in 0..<attributes.count { draft.rebuilt.append(attributes[new]) }
      for old in index..<draft.items.count { draft.rebuilt.append(draft.items[old]) }
    }
  }

  /// Leaves out what the predicate says.
  func remove(where isRemoved: (BatchAttribute) -> Bool) {
    rebuild { draft in
      for index in 0..<draft.items.count where !isRemoved(draft.items[index]) {
        draft.rebuilt.append(draft.items[index])
      }
    }
  }

  /// Puts attributes under other keys; the number that `newKey` returns is the key to be used.
  ///
  /// As a dictionary that is built anew: where two keys become one, the value that comes last stands at
  /// the place of the one that came first. A key that repeats of itself goes on to repeat.
  func rename(_ newKey: (BatchAttribute) -> Int) {
    rebuild { draft in
      draft.beginRound()
      for index in 0..<draft.items.count {
        let old = draft.items[index]
        let key = newKey(old)
        if let place = draft.place(inRound: key) {
          if draft.items[draft.sourceOfPlace[place]].key == old.key {
            draft.sourceOfPlace.append(index)
            draft.rebuilt.append(old.renamed(key))
          } else {
            draft.rebuilt[place] = old.renamed(key)
            draft.sourceOfPlace[place] = index
          }
        } else {
          draft.setPlace(of: key, draft.rebuilt.count)
          draft.sourceOfPlace.append(index)
          draft.rebuilt.append(old.renamed(key))
        }
      }
      draft.sourceOfPlace.removeAll(keepingCapacity: true)
    }
  }

  /// For each attribute of ``rebuilt`` while keys are renamed, where it stood before.
  private var sourceOfPlace: [Int] = []

  private func rebuild(_ body: (AttributeDraft) -> Void) {
    rebuilt.removeAll(keepingAtMost: 1 << 12)
    body(self)
    swap(&items, &rebuilt)
    isChanged = true
    isIndexed = false
  }

  // MARK: - Places by key

  private func beginRound() { round += 1 }

  private func place(inRound key: Int) -> Int? {
    key < rounds.count && rounds[key] == round ? places[key] : nil
  }

  private func setPlace(of key: Int, _ place: Int) {
    if key >= rounds.count {
      let missing = key + 64 - rounds.count
      rounds += repeatElement(0, count: missing)
      places += repeatElement(0, count: missing)
    }
    rounds[key] = round
    places[key] = place
  }
}
