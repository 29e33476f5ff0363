import { expect, test } from 'vitest';
import { writableVideo } from '../../src/document/video-hosts.ts';

test.each([
  ['https://www.youtube.com/watch?v=abc', 'video', 'https://www.youtube.com/watch?v=abc'],
  ['https://m.youtube.com/watch?v=abc&t=3', 'video', 'https://m.youtube.com/watch?v=abc&t=3'],
  ['https://www.youtube.com/embed/abc', 'video', 'https://www.youtube.com/embed/abc'],
  ['https://youtu.be/abc', 'video', 'https://www.youtube.com/watch?v=abc'],
  ['https://youtu.be/a-b_c?t=30', 'video', 'https://www.youtube.com/watch?v=a-b_c&t=30'],
  ['https://youtube.com/shorts/abc', 'video', 'https://www.youtube.com/watch?v=abc'],
  ['https://www.youtube-nocookie.com/embed/abc', 'video', 'https://www.youtube.com/watch?v=abc'],
  ['https://www.youtube.com/playlist?list=abc', 'embed', 'https://www.youtube.com/playlist?list=abc'],
  ['https://vimeo.com/123', 'embed', 'https://player.vimeo.com/video/123'],
  ['https://vimeo.com/123/0a1b', 'embed', 'https://player.vimeo.com/video/123?h=0a1b'],
  ['https://player.vimeo.com/video/123', 'embed', 'https://player.vimeo.com/video/123'],
  ['https://vimeo.com/channels/staff', 'embed', 'https://vimeo.com/channels/staff'],
  ['https://example.com/film.MP4?size=2', 'video', 'https://example.com/film.MP4?size=2'],
  ['https://example.com/film', 'embed', 'https://example.com/film'],
  ['https://notyoutube.com/watch?v=abc', 'embed', 'https://notyoutube.com/watch?v=abc'],
  ['not an address', 'embed', 'not an address'],
])('%s is written as %s', (url, type, written) => {
  expect(writableVideo(url)).toEqual({ type, url: written });
});
