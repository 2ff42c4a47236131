#pragma once

#include "shared/ui/option.h"

// The settings that all apps have.
namespace option {

inline const Option<QString> server { "server", QStringLiteral("http://127.0.0.1:8080") };
inline const Option<QString> lastEmail { "signIn/email", {} };
inline const Option<QByteArray> windowGeometry { "window/geometry", {} };
inline const Option<bool> notify { "notify", true };

} // namespace option
