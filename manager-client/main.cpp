#include "manager-client/manager_app.h"

int main(int argc, char **argv)
{
    return runApp<ManagerApp>(argc, argv);
}
