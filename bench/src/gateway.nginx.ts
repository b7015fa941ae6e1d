import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../server/test/ports.ts'

const NGINX = '/usr/sbin/nginx'

const config = (dir: string, port: number, origin: string): string => `
worker_processes 1; daemon off; user root; pid ${dir}/nginx.pid; error_log ${dir}/error.log;
events { worker_connections 1024; }
http {
  access_log off; client_body_temp_path ${dir}/body; proxy_temp_path ${dir}/proxy;
  fastcgi_temp_path ${dir}/f; uwsgi_temp_path ${dir}/u; scgi_temp_path ${dir}/s;
  upstream provider { server ${origin.slice('http://'.length)}; keepalive 64; }
  server {
    listen 127.0.0.1:${port}; keepalive_requests 1000000;
    location / { proxy_pass http://provider; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }
}`

/** nginx with `proxy_pass` and kept-alive connections on both sides; nothing where it is not installed. */
export const startNginx = async (
  dir: string,
  origin: string,
): Promise<{ port: number; pid: number; stop(): void } | null> => {
  if (!existsSync(NGINX)) return null
  const port = await freePort()
  const home = `${dir}/nginx`
  await mkdir(home, { mode: 0o755 })
  await writeFile(`${home}/nginx.conf`, config(home, port, origin))
  const child = spawn(NGINX, ['-c', `${home}/nginx.conf`], { stdio: 'ignore' })
  for (let tries = 0; tries < 100; tries += 1) {
    if (
      await fetch(`http://127.0.0.1:${port}/`).then(
        () => true,
        () => false,
      )
    )
      break
    await pause(50)
  }
  return { port, pid: child.pid!, stop: () => void child.kill('SIGTERM') }
}
