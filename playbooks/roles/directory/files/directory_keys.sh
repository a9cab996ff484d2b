#!/bin/sh
# Prints the SSH keys that the directory holds of a user. A user who stands in this host's own list of users has keys of
# their own, and none out of the directory: else whoever writes there could enter as one of them.
set -eu
user=$1
cut -d: -f1 /etc/passwd | grep -Fqx -e "$user" && exit 0
exec /usr/bin/sss_ssh_authorizedkeys -- "$user"
