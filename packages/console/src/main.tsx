import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './frame/tokens.css';
import { Application } from './application.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id root');
createRoot(root).render(
  <StrictMode>
    <Application />
  </StrictMode>,
);
