#pragma once

#include "server/db/migrator.h"

// All migrations of this build, in the order they are to be run: schemas that others rely on come first.
[[nodiscard]] QList<Migration> embeddedMigrations();
