#!/bin/bash
# swift.sh FOLDER PORT: a throwaway OpenStack Swift with its S3 interface on 127.0.0.1:PORT, ports PORT to PORT+4. It answers 501
# to a conditional PUT. Key test:tester, secret testing. Quotas of accounts and buckets count; port PORT+4 asks nobody for a key, so
# that tests can set them. Process ids stand in FOLDER/pids. Needs the Debian packages
# swift-proxy, swift-account, swift-container and swift-object.
set -eu
rm -rf "$1"
mkdir -p "$1"/{etc,devices/d1,log}
D=$(cd "$1"; pwd)
P=$2
cd "$D/etc"
cat >swift.conf <<C
[swift-hash]
swift_hash_path_suffix = test
swift_hash_path_prefix = test
[storage-policy:0]
name = one
default = yes
C
N=1
for X in account container object; do
  swift-ring-builder $X.builder create 4 1 0 >/dev/null
  swift-ring-builder $X.builder add "r1z1-127.0.0.1:$((P+N))/d1" 1 >/dev/null
  swift-ring-builder $X.builder rebalance >/dev/null
  cat >$X.conf <<C
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = $((P+N))
workers = 0
user = $(id -un)
swift_dir = $D/etc
devices = $D/devices
mount_check = false
disable_fallocate = true
[pipeline:main]
pipeline = $X-server
[app:$X-server]
use = egg:swift#$X
C
  N=$((N+1))
done
cat >proxy.conf <<C
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = $P
workers = 0
user = $(id -un)
swift_dir = $D/etc
[pipeline:main]
pipeline = catch_errors cache listing_formats s3api tempauth container_quotas account_quotas copy slo dlo proxy-server
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:cache]
use = egg:swift#memcache
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:container_quotas]
use = egg:swift#container_quotas
[filter:account_quotas]
use = egg:swift#account_quotas
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
allow_account_management = true
C
cat >inside.conf <<C
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = $((P+4))
workers = 0
user = $(id -un)
swift_dir = $D/etc
[pipeline:main]
pipeline = catch_errors proxy-server
[filter:catch_errors]
use = egg:swift#catch_errors
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
C
export SWIFT_DIR="$D/etc"
for X in account container object proxy; do
  swift-$X-server "$D/etc/$X.conf" >"$D/log/$X" 2>&1 </dev/null &
  echo $! >>"$D/pids"
done
swift-proxy-server "$D/etc/inside.conf" >"$D/log/inside" 2>&1 </dev/null &
echo $! >>"$D/pids"
# The proxy leaves out for a minute a server that does not answer yet, so it is asked last.
for N in 1 2 3 4 0; do
  for _ in $(seq 300); do curl -so/dev/null "127.0.0.1:$((P+N))/info" && continue 2; sleep .1; done
  echo "nobody answers at port $((P+N)): see $D/log" >&2
  exit 1
done
