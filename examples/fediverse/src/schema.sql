-- What the server keeps. The queues' tables (Jobs, Workers) come from apalis-sqlite's own migrations.
CREATE TABLE IF NOT EXISTS users (
    name TEXT PRIMARY KEY,
    key BLOB NOT NULL -- PKCS#8, Ed25519
);
CREATE TABLE IF NOT EXISTS posts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    author TEXT NOT NULL,
    content TEXT NOT NULL,
    published INTEGER NOT NULL, -- milliseconds since 1970
    local INTEGER NOT NULL,
    uri TEXT UNIQUE,
    likes INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS posts_by_author ON posts (author, id);
CREATE TABLE IF NOT EXISTS followers (
    user TEXT NOT NULL,
    actor TEXT NOT NULL,
    inbox TEXT NOT NULL, -- the shared one where the server has one
    seeded INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (user, actor)
);
CREATE TABLE IF NOT EXISTS activities (
    id TEXT PRIMARY KEY,
    actor TEXT NOT NULL,
    received INTEGER NOT NULL
);
-- Where an activity with many inboxes has arrived, or never will: a retry sends to the others only.
CREATE TABLE IF NOT EXISTS receipts (
    activity TEXT NOT NULL,
    inbox TEXT NOT NULL,
    settled INTEGER NOT NULL,
    PRIMARY KEY (activity, inbox)
);
CREATE TABLE IF NOT EXISTS media (
    name TEXT PRIMARY KEY,
    bytes INTEGER NOT NULL,
    digest TEXT,
    created INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS cards (
    url TEXT PRIMARY KEY,
    title TEXT NOT NULL
);
-- Whose inboxes fail, and since when, in seconds since 1970.
CREATE TABLE IF NOT EXISTS failing (
    server TEXT PRIMARY KEY,
    since INTEGER NOT NULL
);
