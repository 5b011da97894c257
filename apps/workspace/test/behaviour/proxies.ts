// nginx and HAProxy as they are commonly set up for WebSockets, in front of a server on a port of this machine.
import { type Running, startProxy } from "./programs.ts";

export const NGINX = "/usr/sbin/nginx";
export const HAPROXY = "/usr/sbin/haproxy";

/** HTTP/1.1 on both sides: nginx passes upgrades, and speaks no HTTP/2 to servers. */
export function startNginx(port: number): Promise<Running> {
  return startProxy(
    NGINX,
    (folder, socketPath) => `
      daemon off;
      # One process: a worker would outlive the master that we end.
      master_process off;
      pid ${folder}/nginx.pid;
      error_log stderr warn;
      worker_processes 1;
      events { worker_connections 512; }
      http {
        access_log off;
        client_body_temp_path ${folder}/body;
        proxy_temp_path ${folder}/proxy;
        fastcgi_temp_path ${folder}/fastcgi;
        uwsgi_temp_path ${folder}/uwsgi;
        scgi_temp_path ${folder}/scgi;
        server {
          listen unix:${socketPath};
          location / {
            proxy_pass http://127.0.0.1:${port};
            proxy_http_version 1.1;
            proxy_set_header Host $host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection "upgrade";
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_read_timeout 60s;
          }
        }
      }`,
    (folder, config) => ["-c", config, "-p", folder],
  );
}

/** HTTP/1.1 or HTTP/2 on either side, four combinations; over HTTP/2 it speaks RFC 8441. */
export function startHaproxy(front: "h1" | "h2", back: "h1" | "h2", port: number): Promise<Running> {
  return startHaproxyWith(front, [`server one 127.0.0.1:${port}${back === "h2" ? " proto h2" : ""}`]);
}

/** HAProxy that hands connections to several servers in turn. */
export function startBalancer(ports: readonly number[]): Promise<Running> {
  return startHaproxyWith(
    "h1",
    ports.map((port, i) => `server s${i} 127.0.0.1:${port}`),
  );
}

function startHaproxyWith(front: "h1" | "h2", servers: readonly string[]): Promise<Running> {
  return startProxy(
    HAPROXY,
    (_folder, socketPath) => `
global
  maxconn 500
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout tunnel 60s
frontend front
  bind unix@${socketPath}${front === "h2" ? " proto h2" : ""}
  default_backend back
backend back
  balance roundrobin
  ${servers.join("\n  ")}
`,
    (_folder, config) => ["-db", "-f", config],
  );
}
