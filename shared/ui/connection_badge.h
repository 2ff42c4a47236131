#pragma once

#include "shared/client/connection_state.h"

#include <QPushButton>

// Tells in the top bar whether what is shown is live; a click tries again at once.
class ConnectionBadge : public QPushButton
{
    Q_OBJECT
public:
    explicit ConnectionBadge(ConnectionState &connection, QWidget *parent = nullptr);

private:
    void refresh();

    ConnectionState &m_connection;
};

// The state in words: "Reconnecting in 4 s …"
[[nodiscard]] QString connectionText(const ConnectionState &connection);
