#!/bin/bash
# rgw.sh FOLDER PORT [start|gateway]: a throwaway S3 server (Ceph monitor, disk in memory, gateway) on 127.0.0.1:PORT, ports
# PORT to PORT+20. `gateway` starts a gateway that was killed again, on the same data. Process ids stand in FOLDER/pids,
# the gateway's last. Needs the Debian packages ceph-mon, ceph-osd and radosgw.
set -eu
P=$2
gateway() {
  radosgw -c "$D/c" -n client.admin -f >>"$D/log/o3" 2>&1 &
  echo $! >>"$D/pids"
  for _ in $(seq 300); do curl -so/dev/null "127.0.0.1:$P" && return; sleep .1; done
  echo "the gateway did not start: see $D/log" >&2
  exit 1
}
if [ "${3:-start}" = gateway ]; then D=$(cd "$1"; pwd); gateway; exit; fi

rm -rf "$1"
mkdir -p "$1"/{mon,osd,run,log}
D=$(cd "$1"; pwd)
F=11111111-2222-3333-4444-555555555555
# Without `*_update_on_start = false` some starts hang; `paxos_*` and `tcp_nodelay` make start and answers fast.
cat >"$D/c" <<C
[global]
fsid = $F
mon_host = v1:127.0.0.1:$((P+1))
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
run_dir = $D/run
admin_socket = $D/run/\$name.\$pid.asok
crash_dir = $D/run
log_file = $D/log/\$name
keyring = $D/k
mon_data = $D/mon
osd_data = $D/osd
rgw_data = $D/run
ms_bind_msgr2 = false
ms_bind_port_min = $((P+2))
ms_bind_port_max = $((P+20))
mon_cluster_log_file = $D/log/cluster
mon_data_avail_crit = 1
mon_allow_pool_size_one = true
paxos_propose_interval = 0.02
paxos_min_wait = 0.01
osd_pool_default_size = 1
osd_pool_default_pg_num = 4
osd_crush_chooseleaf_type = 0
osd_objectstore = memstore
memstore_device_bytes = 8G
osd_class_update_on_start = false
osd_crush_update_on_start = false
osd_class_load_list = *
osd_class_default_list = *
rgw_rados_pool_pg_num_min = 4
rgw_frontends = beast endpoint=127.0.0.1:$P tcp_nodelay=1
C
ceph-authtool -C "$D/k" --gen-key -n mon. --cap mon 'allow *'
ceph-authtool "$D/k" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *'
monmaptool --create --fsid $F --addv a "[v1:127.0.0.1:$((P+1))]" "$D/monmap"
ceph-mon -c "$D/c" -i a --mkfs --monmap "$D/monmap" --keyring "$D/k"
ceph-mon -c "$D/c" -i a -f >"$D/log/o1" 2>&1 & echo $! >"$D/pids"
U=$(cat /proc/sys/kernel/random/uuid)
timeout 20 ceph -c "$D/c" osd new "$U"
ceph-osd -c "$D/c" -i 0 --mkfs --osd-uuid "$U" >"$D/log/o2" 2>&1
timeout 20 ceph -c "$D/c" osd crush add osd.0 1 host=h root=default
ceph-osd -c "$D/c" -i 0 -f >>"$D/log/o2" 2>&1 & echo $! >>"$D/pids"
gateway
timeout 20 radosgw-admin -c "$D/c" user create --uid=t --display-name=t --access-key=testkey --secret-key=testsecret >/dev/null
