#pragma once

#include "shared/ui/staff_desk.h"

// What a signed-in manager works with. Lives until the sign-out.
class ManagerApp : public QObject
{
    Q_OBJECT
public:
    explicit ManagerApp(Desktop &desktop);

    static AppIdentity identity();

private:
    StaffDesk m_desk;
};
