"""Loading a network from files: read sheets, check cells, say what would change, write in turns.

Two functions take what somebody sent, as bytes with the file's name (.xlsx, .csv or .toml):

- ``network.preview(session, content, name, care, now, by=member_id)`` runs on a snapshot,
  ``await store.read(...)``, and writes nothing. It returns a ``Preview``: for each row of the file
  its sheet, line and label, what would become of it (``Fate``: added, changed, same, bad), the
  columns that would change as the file calls them, and what is wrong with it.
- ``await network.write(store, content, name, care, now, by=member_id, told=progress)`` writes the
  good rows, in transactions of some 25 ms, and returns a ``Report``. ``told(done, of)`` hears how
  far it is, ``note(session, done, of)`` keeps it along with the rows.

``uploads`` keeps what was sent to the desk between the two.

What is wrong is a ``Text``, which its reader has in their own language; ``SheetProblem.said()`` is
the same with file, line and sheet. Both raise ``Unreadable`` and ``SecondDistrict``, whose ``why``
is such a Text, and ``NotAllowed``: ``by`` loads into the places of their role (``Act.LOAD``) and
gives the roles that they may give. None is the operator. ``yizhan load`` calls the same with a file
beside which pictures may stand, and everything that saves a name calls ``pinyin.index``.
"""
